import { MusherError } from '../../errors.ts';
import { crashPoint } from '../../crash-point.ts';
import type { Db } from '../database.ts';
import {
  ACCOUNTS,
  ATTENTION,
  BASES,
  FILES,
  ITEMS,
  LABELS,
  MEASURES,
  OUTAGES,
  PAUSES,
  PROJECTION_TABLES,
  ROUTINES,
} from '../projections/tables.ts';
import { TALK, TEXTS } from '../search/tables.ts';
import { fillTexts } from '../search/texts.ts';
import { NEWEST } from './newest.ts';

/** This cursor exists while the texts of older events are not in the table of texts. */
const TEXTS_DUE = 'texts-due';

/** Forward only, each in a transaction of its own; the position in the list plus one is the version it leads to. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE events (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    project  TEXT NOT NULL,
    item     INTEGER,
    kind     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    payload  TEXT NOT NULL,
    actor    TEXT NOT NULL,
    cause    TEXT,
    salt     TEXT,             -- mixed into the payload's digest, so that a purged text can't be guessed from it
    digest   TEXT,             -- set by a purge: the digest of the payload that is gone
    hash     TEXT NOT NULL     -- chained: covers the previous event's hash and this one's digest
  );
  CREATE INDEX events_of_item ON events (project, item, seq) WHERE item IS NOT NULL;
  CREATE INDEX receipts_of_item ON events (project, item, seq) WHERE kind = 'gate.ran';

  CREATE TABLE state (       -- what a transport has to remember: sync tokens, last seen messages
    scope TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (scope, key)
  ) WITHOUT ROWID;

  CREATE TABLE cursors (subscriber TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;

  CREATE TABLE inbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    transport   TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    room        TEXT NOT NULL,
    thread      TEXT,
    sender      TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    ingress     TEXT NOT NULL,
    direct      INTEGER NOT NULL, -- 1: in a conversation with Musher alone
    text        TEXT NOT NULL, -- emptied when done: only the key is needed then
    received_at INTEGER NOT NULL,
    state       TEXT NOT NULL, -- received | committed (its effect is in the log, the final reply not yet) | done
    outcome     TEXT,          -- ok | refused | failed | ignored
    confirmed   TEXT,          -- the command that this message said yes to, as JSON, until it is done
    UNIQUE (transport, message_id)
  );
  CREATE INDEX inbox_open ON inbox (id) WHERE state <> 'done';
  CREATE INDEX inbox_open_of_sender ON inbox (transport, sender) WHERE state <> 'done';

  CREATE TABLE told (        -- what a sender was told and is not told again for a while
    transport TEXT NOT NULL,
    room      TEXT NOT NULL,
    sender    TEXT NOT NULL,
    what      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (transport, room, sender, what)
  ) WITHOUT ROWID;

  CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    transport  TEXT NOT NULL,
    room       TEXT NOT NULL,
    thread     TEXT,
    kind       TEXT NOT NULL,  -- reply (final) | notice
    inbox      INTEGER REFERENCES inbox (id),
    project    TEXT,
    item       INTEGER,
    in_thread  TEXT,           -- within | beside: the thread of the item; 'thread' is set when it is sent
    body       TEXT NOT NULL,  -- a document as JSON; emptied when sent
    state      TEXT NOT NULL,  -- pending | sending | sent | dead
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_try   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    refs       TEXT            -- what the network calls the messages sent, as JSON
  );
  CREATE INDEX outbox_open ON outbox (transport, room, id) WHERE state IN ('pending', 'sending');
  CREATE INDEX outbox_replies ON outbox (transport, room, id) WHERE state IN ('pending', 'sending') AND kind = 'reply';
  CREATE INDEX outbox_settled ON outbox (created_at) WHERE state IN ('sent', 'dead');
  CREATE UNIQUE INDEX outbox_one_reply ON outbox (inbox) WHERE kind = 'reply';
  CREATE INDEX outbox_of_inbox ON outbox (inbox) WHERE inbox IS NOT NULL; -- for whoever removes a row of the inbox
  CREATE INDEX outbox_of_item ON outbox (project, item) WHERE item IS NOT NULL;

  CREATE TABLE threads (     -- where an item is told of in a room that wants threads
    transport TEXT NOT NULL,
    room      TEXT NOT NULL,
    project   TEXT NOT NULL,
    item      INTEGER NOT NULL,
    root      INTEGER NOT NULL, -- its first message: a row of the outbox
    ref       TEXT,             -- what the network calls that message, as JSON, once it is sent
    thread    TEXT,             -- what the network calls the thread, once it is opened
    PRIMARY KEY (transport, room, project, item)
  ) WITHOUT ROWID;
  CREATE INDEX threads_of_item ON threads (project, item);

  CREATE TABLE offers (      -- messages with buttons that have to go when they mean nothing any more
    id        INTEGER PRIMARY KEY, -- the row of the outbox
    transport TEXT NOT NULL,
    project   TEXT,
    item      INTEGER,
    occasion  TEXT NOT NULL,       -- what they hang on, as JSON
    plain     TEXT NOT NULL,       -- the document without them, as JSON
    state     TEXT NOT NULL,       -- open | closing
    ref       TEXT,                -- what the network calls the message, as JSON, once it is sent
    attempts  INTEGER NOT NULL DEFAULT 0,
    next_try  INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX offers_of_item ON offers (project, item) WHERE item IS NOT NULL;

  CREATE TABLE confirmations (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    transport  TEXT NOT NULL,
    room       TEXT NOT NULL,
    sender     TEXT NOT NULL,
    ingress    TEXT NOT NULL,  -- how the command came in, for its rights
    direct     INTEGER NOT NULL,
    project    TEXT NOT NULL,  -- the room's project when it was asked
    text       TEXT NOT NULL,  -- the command that runs when the answer is yes
    item_project TEXT,
    item       INTEGER,
    item_version INTEGER,
    item_seq   INTEGER,        -- set: what the item's runs did since that event does not void the answer
    expires_at INTEGER NOT NULL,
    UNIQUE (transport, room, sender)
  );
  ${PROJECTION_TABLES}
  `,
  // `step` of an item is `stepSeq`. Only a key can be written so: within a text the quotes have a backslash before them.
  `UPDATE items SET state = replace(state, '"step":', '"stepSeq":');`,
  // A new database has made the table as it is now: it is filled over from itself, which changes nothing.
  `
  ALTER TABLE accounts RENAME TO accounts_before;
  ${ACCOUNTS}
  INSERT INTO accounts (account, until, times) SELECT account, until, times FROM accounts_before;
  DROP TABLE accounts_before;
  `,
  `
  ALTER TABLE bases RENAME TO bases_before;
  ${BASES}
  INSERT INTO bases (project, branch, head, seq, gone)
  SELECT project, branch, head, seq, (
    SELECT json_group_array("from") FROM (
      SELECT * FROM (
        SELECT seq, json_extract(payload, '$.from') AS "from" FROM events
        WHERE events.project = bases_before.project AND kind = 'base.seen' AND json_extract(payload, '$.how') = 'rewritten'
        ORDER BY seq DESC LIMIT 50
      ) ORDER BY seq
    )
  ) FROM bases_before;
  DROP TABLE bases_before;
  `,
  // Each index costs a message a page on the disk when it comes, and another when it is settled. Replies alone answer a message, so
  // one index holds that there is one and finds it for whoever removes a row of the inbox. One finds what waits in a room, by kind.
  // What is settled is found by its number.
  `
  DROP INDEX outbox_of_inbox;
  DROP INDEX outbox_one_reply;
  CREATE UNIQUE INDEX outbox_one_reply ON outbox (inbox) WHERE inbox IS NOT NULL;
  DROP INDEX outbox_replies;
  DROP INDEX outbox_open;
  CREATE INDEX outbox_open ON outbox (transport, room, kind, id) WHERE state IN ('pending', 'sending');
  DROP INDEX outbox_settled;
  `,
  // Items that were made before branches, snapshots and merges carried a mark of their log (`identity.ts`).
  `
  INSERT OR REPLACE INTO state (scope, key, value) SELECT 'identity', 'old-until', CAST(at AS TEXT) FROM events ORDER BY seq DESC LIMIT 1;
  `,
  // A new database has the table already.
  OUTAGES,
  // A notice that is kept back until the answer to a message is stored, which may say the same.
  `
  ALTER TABLE outbox ADD COLUMN awaits INTEGER;
  CREATE INDEX outbox_held ON outbox (awaits) WHERE awaits IS NOT NULL;
  `,
  // What no network took is counted until a person has seen it, however old it is.
  `
  CREATE TABLE lost_answers (  -- messages that tell an asker of an answer that was lost
    outbox INTEGER PRIMARY KEY,
    lost   TEXT NOT NULL       -- who asked, where, and where it was told, as JSON
  );
  CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';
  `,
  // A question may be about several items.
  `
  ALTER TABLE confirmations ADD COLUMN others TEXT NOT NULL DEFAULT '[]';
  `,
  // A reply to a message of Musher's, and a message in a thread under one, is for Musher and about that message's item.
  `
  ALTER TABLE inbox ADD COLUMN about_project TEXT;
  ALTER TABLE inbox ADD COLUMN about_item INTEGER;
  ALTER TABLE outbox ADD COLUMN several INTEGER NOT NULL DEFAULT 0; -- 1: about more items than \`item\`
  CREATE INDEX outbox_shown ON outbox (json_extract(refs, '$[0].id'))
    WHERE state = 'sent' AND json_extract(refs, '$[0].unanswerable') IS NULL;
  CREATE INDEX outbox_parts ON outbox (transport, room) WHERE state = 'sent' AND json_array_length(refs) > 1;
  CREATE INDEX threads_by_name ON threads (thread) WHERE thread IS NOT NULL;
  `,
  // A new database has the table already.
  PAUSES,
  // What depends on others moves by itself only where somebody has started it.
  `
  UPDATE items SET wakes = 0
  WHERE wakes = 1 AND deleted = 0 AND stage = 'backlog'
    AND json_extract(state, '$.queued') = 0 AND json_extract(state, '$.errand') IS NULL;
  `,
  // An edit of a card is a row of the outbox that names the card's first message.
  `
  ALTER TABLE outbox ADD COLUMN card INTEGER;
  CREATE TABLE cards (       -- the one message of an item in a room, edited in place
    transport TEXT NOT NULL,
    room      TEXT NOT NULL,
    project   TEXT NOT NULL,
    item      INTEGER NOT NULL,
    root      INTEGER NOT NULL, -- the row of the outbox that sent it first
    ref       TEXT,             -- what the network calls that message, as JSON, once it is sent
    newest    INTEGER,          -- the newest edit of it, a row of the outbox
    edits     INTEGER NOT NULL, -- how many were shown
    digest    TEXT NOT NULL,    -- of what it shows or is about to show
    PRIMARY KEY (transport, room, project, item)
  ) WITHOUT ROWID;
  CREATE INDEX cards_of_item ON cards (project, item);
  CREATE INDEX cards_by_root ON cards (root);
  `,
  // Waiting items are ordered by priority. What is on its way to the base branch comes before all others.
  `
  ALTER TABLE items RENAME TO items_before;
  DROP INDEX items_by_stage;
  DROP INDEX items_waking;
  ${ITEMS}
  INSERT INTO items (project, number, stage, execution, deleted, wakes, rank, stage_since, state)
    SELECT project, number, stage, execution, deleted, wakes,
      iif(stage NOT IN ('done', 'archived') AND json_extract(state, '$.landing') IS NOT NULL, 0, 2), stage_since, state
    FROM items_before;
  DROP TABLE items_before;
  `,
  // A new database has the first table already. What older events hold is filled in by `migrate`, when all tables are as they are now.
  `
  ${TEXTS}
  ${TALK}
  INSERT INTO cursors (subscriber, seq) SELECT '${TEXTS_DUE}', 0 WHERE EXISTS (SELECT 1 FROM events);
  `,
  `
  CREATE TABLE two_person (  -- commands that wait for a second person
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    asker      TEXT NOT NULL,  -- who typed it, where and how, as JSON: it runs as that
    person     TEXT NOT NULL,  -- the configured name of the asker
    project    TEXT NOT NULL,
    words      TEXT NOT NULL,
    text       TEXT NOT NULL,  -- the command
    items      TEXT NOT NULL,  -- what it is about, as it was when it was asked, as JSON
    expires_at INTEGER NOT NULL
  );
  `,
  // A new database has the table already.
  LABELS,
  // A new database has the table already.
  ROUTINES,
  // A new database has the table already.
  MEASURES,
  // Of secrets only digests are kept: who reads the log can't enter by it.
  `
  CREATE TABLE window_links (  -- links to the page that can be used once
    digest     TEXT PRIMARY KEY,
    asker      TEXT NOT NULL,   -- who asked for it, where and how, as JSON
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE windows (       -- sessions on the page
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    digest     TEXT NOT NULL UNIQUE,
    asker      TEXT NOT NULL,   -- whose rights, of which place, as JSON
    browser    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  );
  CREATE TABLE window_messages ( -- what was answered there
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    "window"   TEXT NOT NULL,
    key        TEXT NOT NULL,
    part       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    body       TEXT NOT NULL,   -- a document as JSON
    UNIQUE ("window", key, part)
  );
  CREATE INDEX window_messages_of ON window_messages ("window", id);
  CREATE INDEX window_messages_by_key ON window_messages (key);
  `,
  `
  CREATE TABLE people (      -- how networks call the people who may use Musher
    person TEXT PRIMARY KEY, -- the network and its stable id
    name   TEXT NOT NULL,
    looks  TEXT NOT NULL,    -- the same as of every name that looks alike
    learnt INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX people_alike ON people (looks);
  `,
  // What waits for a second person comes to more people where nobody answers. An hour is how long it waited so far.
  `
  ALTER TABLE two_person ADD COLUMN asked_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE two_person ADD COLUMN climbed TEXT NOT NULL DEFAULT '[]'; -- the steps that were taken
  UPDATE two_person SET asked_at = expires_at - 3600000;
  `,
  // A new database has the table already, and no items.
  ATTENTION.concat(`
  INSERT OR IGNORE INTO attention (project, why, since, item)
    SELECT project, why, stage_since, number FROM (
      SELECT project, number, stage_since, CASE
        WHEN json_extract(state, '$.errand') IS NOT NULL OR stage = 'done' THEN NULL
        WHEN stage = 'archived' THEN iif(json_extract(state, '$.stage.reason.kind') IN ('blocked', 'mergeFailed', 'reviewHeld'), 'blocked', NULL)
        WHEN json_extract(state, '$.held') IS NOT NULL THEN 'stopped'
        WHEN stage <> 'qa' OR execution IN ('pending', 'running') THEN NULL
        WHEN json_extract(state, '$.qaMode') = 'human' THEN 'review'
        WHEN json_extract(state, '$.qaMode') IS NULL THEN 'qa'
      END AS why FROM items WHERE deleted = 0
    ) WHERE why IS NOT NULL;
  `),
  // A new database has the table of files already. A message's own are the network's names of them, as JSON, until it is answered.
  `
  ${FILES}
  ALTER TABLE inbox ADD COLUMN files TEXT;
  `,
  // Labels are searched too: the texts of older items are filled in anew by `migrate`.
  `
  INSERT OR REPLACE INTO cursors (subscriber, seq) SELECT '${TEXTS_DUE}', 0 WHERE EXISTS (SELECT 1 FROM events);
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings an older database up to this program's version; refuses one that a newer program wrote. A new one gets all tables at once
 * (`newest.ts`), which takes a quarter of the time that the steps do.
 */
export function migrate(db: Db): void {
  const found = db.pragma('user_version', { simple: true }) as number;
  if (found > SCHEMA_VERSION)
    throw new MusherError(
      'LOG_TOO_NEW',
      `The database has schema version ${found}; this Musher supports up to version ${SCHEMA_VERSION}.`,
      'Start the newer Musher that wrote it. Nothing was changed.',
    );
  if (found === 0) takeStep(db, NEWEST, SCHEMA_VERSION);
  else migrateInSteps(db, found);
}

/** All steps from a version on, also those that a new database does without. */
export function migrateInSteps(db: Db, found: number): void {
  MIGRATIONS.slice(found).forEach((sql, i) => takeStep(db, sql, found + i + 1));
  if (db.prepare('SELECT 1 FROM cursors WHERE subscriber = ?').get(TEXTS_DUE) === undefined) return;
  db.transaction(() => {
    fillTexts(db);
    db.prepare('DELETE FROM cursors WHERE subscriber = ?').run(TEXTS_DUE);
  }).immediate();
}

function takeStep(db: Db, sql: string, version: number): void {
  db.transaction(() => {
    db.exec(sql);
    crashPoint('before-migration-commit');
    db.pragma(`user_version = ${version}`);
  }).immediate();
}
