"""A question as a program is given it: the schema of its answer, and the form in which a client shows it to the person."""

from typing import Any

from mcp_types import ElicitRequest, ElicitRequestFormParams

from onehall.kernel.functions import Ask

FOR_PERSON = frozenset({Ask.CONFIRM, Ask.PAY, Ask.PROVE, Ask.ATTACH, Ask.SIGN})
ELICITED = frozenset({Ask.CHOOSE, Ask.PICK_TIME, Ask.ENTER, Ask.CONFIRM})
ANSWER = "value"


def answer_schema(question: dict[str, Any]) -> dict[str, Any]:
    """This will give the JSON schema of the open question's answer."""
    kind = question["kind"]
    if kind == Ask.CONFIRM:
        return {"type": "boolean"}
    values = [option["value"] for option in question.get("options", ())]
    if kind in (Ask.CHOOSE, Ask.PICK_TIME) and not (question.get("more") or question.get("search")):
        return {"type": "string", "enum": values}
    return {"type": "string", "minLength": 1, "maxLength": 500}


def elicited(question: dict[str, Any]) -> ElicitRequest | None:
    """This will give the form by which a client asks its person, or None where the question does not fit into one."""
    if question["kind"] not in ELICITED or question.get("hand_over"):
        return None
    schema = {"type": "object", "properties": {ANSWER: _box(question)}, "required": [ANSWER]}
    return ElicitRequest(params=ElicitRequestFormParams(message=words(question), requested_schema=schema))


def words(question: dict[str, Any]) -> str:
    """This will write a question in full: why it comes again, what is agreed to word for word, and itself."""
    summary = question.get("summary") or {}
    lines = [question["why"]] if question.get("why") else []
    lines += [f"{line['label']}: {line['value']}" for line in summary.get("lines", ())]
    lines += [str(summary["total"])] if summary.get("total") else []
    lines += [str(term) for term in summary.get("terms", ())]
    return "\n".join([*lines, question["text"]])


def heard(content: dict[str, Any] | None) -> Any:
    """This will read the person's answer out of a filled-in form."""
    return (content or {}).get(ANSWER)


def _box(question: dict[str, Any]) -> dict[str, Any]:
    if question["kind"] == Ask.CONFIRM:
        return {"type": "boolean", "title": question["text"]}
    options = question.get("options") or ()
    if options and not question.get("more") and not question.get("search"):
        return {"type": "string", "title": question["text"], "oneOf": [_choice(option) for option in options]}
    return {"type": "string", "title": question["text"], "minLength": 1, "maxLength": 500}


def _choice(option: dict[str, Any]) -> dict[str, str]:
    parts = (option["text"], option.get("note"), option.get("price"), option.get("per"))
    return {"const": option["value"], "title": ", ".join(str(part) for part in parts if part)}
