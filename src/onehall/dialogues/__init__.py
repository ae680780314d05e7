"""Dialogues: what channels that write and read plain text share. A question is printed with its options numbered, a message is read as a
keyword or as the answer to the open question, and it is kept where each speaker stands and what was answered to which message.
A speaker is a phone, or an account elsewhere: whoever writes in a channel."""

from onehall.dialogues.conversation import Speech, begin, bring, converse, reason, show, standing
from onehall.dialogues.once import answer_once
from onehall.dialogues.store import Answer, Dialogue, Message, dialogue

__all__ = ["Answer", "Dialogue", "Message", "Speech", "answer_once", "begin", "bring", "converse", "dialogue", "reason", "show", "standing"]
