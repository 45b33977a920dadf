-- The owner comes first in the key: a note is found through it or not at all. created_at counts microseconds since 1970.
CREATE TABLE notes (
	organization_id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	id TEXT NOT NULL,
	text TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (organization_id, user_id, id)
);

CREATE INDEX notes_by_age ON notes (organization_id, user_id, created_at);
