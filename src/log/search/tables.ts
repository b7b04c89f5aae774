/** How words are told apart and compared: by Unicode, without case and accents. */
const TOKENIZE = `tokenize = 'unicode61 remove_diacritics 2'`;

/**
 * Projection, since schema version 16. An item has one row, with the number of the event that created it; every other row has the
 * number of its event. The index holds no text of its own (FTS5, external content): what it shows comes from this table.
 */
export const TEXTS = `
  CREATE TABLE IF NOT EXISTS texts (
    id       INTEGER PRIMARY KEY, -- the number of the event
    project  TEXT NOT NULL,
    item     INTEGER NOT NULL,
    source   TEXT NOT NULL,       -- what kind of text it is: item | comment | told | ...
    at       INTEGER NOT NULL,
    title    TEXT NOT NULL,       -- of an item; else empty
    body     TEXT NOT NULL,
    criteria TEXT NOT NULL        -- of an item; else empty
  );
  CREATE INDEX IF NOT EXISTS texts_of_item ON texts (project, item, source);
  CREATE VIRTUAL TABLE IF NOT EXISTS texts_index
    USING fts5(title, body, criteria, content = 'texts', content_rowid = 'id', ${TOKENIZE});`;

/** What people said to Musher where that was no command, since schema version 16. */
export const TALK = `
  CREATE TABLE IF NOT EXISTS talk (
    id        INTEGER PRIMARY KEY, -- the row of the inbox
    transport TEXT NOT NULL,
    room      TEXT NOT NULL,
    sender    TEXT NOT NULL,       -- the name that the network showed
    at        INTEGER NOT NULL,
    project   TEXT,                -- the item that the message was about
    item      INTEGER,
    body      TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS talk_of_item ON talk (project, item) WHERE item IS NOT NULL;
  CREATE VIRTUAL TABLE IF NOT EXISTS talk_index USING fts5(body, content = 'talk', content_rowid = 'id', ${TOKENIZE});`;

/** Both indexes, to make them anew. */
export const TEXT_INDEXES = ['texts_index', 'talk_index'] as const;
