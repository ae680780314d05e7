INSERT INTO dialogue (home, channel, speaker, journey, shown, at)
-- cold: once, when a house moves to the shared tables
SELECT home, 'sms', phone, journey, shown, at FROM sms_dialogue ON CONFLICT DO NOTHING;
INSERT INTO dialogue_message (home, channel, speaker, id, replies, at)
-- cold: once
SELECT home, 'sms', phone, id, replies, at FROM sms_inbound ON CONFLICT DO NOTHING;
