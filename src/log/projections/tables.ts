import { TEXTS } from '../search/tables.ts';

/*
 * The tables that are derived from the events and from nothing else: `verify` makes them again and compares.
 */

/** Since schema version 15 with `rank`. */
export const ITEMS = `
  CREATE TABLE items (
    project     TEXT NOT NULL,
    number      INTEGER NOT NULL,
    stage       TEXT NOT NULL,
    execution   TEXT NOT NULL,
    deleted     INTEGER NOT NULL,
    wakes       INTEGER NOT NULL, -- 1: may move by itself (in the backlog: queued; deleted: not removed yet)
    rank        INTEGER NOT NULL, -- which of a stage comes first, rankOf says it; the same for all that are over
    stage_since INTEGER NOT NULL,
    state       TEXT NOT NULL,    -- the whole item as JSON
    PRIMARY KEY (project, number)
  );
  CREATE INDEX items_by_stage ON items (project, stage, rank, stage_since, number) WHERE deleted = 0;
  CREATE INDEX items_waking ON items (project, rank, number) WHERE wakes = 1;`;

/** Since schema version 3 with `sign_in`. */
export const ACCOUNTS = `
  CREATE TABLE accounts (      -- those that are limited, and those to which nobody is signed in
    account TEXT NOT NULL PRIMARY KEY,
    until   INTEGER NOT NULL,
    times   INTEGER NOT NULL,  -- limits in a row
    sign_in TEXT               -- nobody is signed in: what a person types, or nothing; null: it is limited
  ) WITHOUT ROWID;`;

/** Since schema version 4 with `gone`. */
export const BASES = `
  CREATE TABLE bases (
    project TEXT NOT NULL PRIMARY KEY,
    branch  TEXT NOT NULL,
    head    TEXT NOT NULL, -- where Musher saw the base branch last
    seq     INTEGER NOT NULL,
    gone    TEXT NOT NULL  -- where it stood before somebody took that off it, as JSON; the newest last
  ) WITHOUT ROWID;`;

/** Since schema version 7. */
export const OUTAGES = `
  CREATE TABLE IF NOT EXISTS outages ( -- what keeps a project or an agent from working
    project TEXT NOT NULL,
    agent   TEXT NOT NULL,             -- empty: all of the project
    since   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    times   INTEGER NOT NULL,          -- tries in a row
    code    TEXT NOT NULL,
    said    TEXT NOT NULL,
    hint    TEXT NOT NULL,
    PRIMARY KEY (project, agent)
  ) WITHOUT ROWID;`;

/** Since schema version 12. */
export const PAUSES = `
  CREATE TABLE IF NOT EXISTS pauses ( -- projects in which nothing new starts
    project TEXT NOT NULL PRIMARY KEY,
    since   INTEGER NOT NULL,
    "by"    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    until   INTEGER,                  -- null: until a person ends it
    how     TEXT NOT NULL             -- finish | stop | panic
  ) WITHOUT ROWID;`;

/** Since schema version 18. */
export const LABELS = `
  CREATE TABLE IF NOT EXISTS labels (
    project TEXT NOT NULL,
    open    INTEGER NOT NULL, -- 1: something is still to be done about the item
    label   TEXT NOT NULL,
    item    INTEGER NOT NULL,
    PRIMARY KEY (project, open, label, item)
  ) WITHOUT ROWID;`;

/** Since schema version 24. */
export const ATTENTION = `
  CREATE TABLE IF NOT EXISTS attention ( -- items that wait for a person by themselves
    project TEXT NOT NULL,
    why     TEXT NOT NULL,    -- attentionOf says it
    since   INTEGER NOT NULL, -- when the item entered its stage
    item    INTEGER NOT NULL,
    PRIMARY KEY (project, why, since, item)
  ) WITHOUT ROWID;`;

/** Since schema version 19. */
export const ROUTINES = `
  CREATE TABLE IF NOT EXISTS routines ( -- those that nobody has cancelled
    project TEXT NOT NULL,
    routine INTEGER NOT NULL,
    due     INTEGER NOT NULL,
    state   TEXT NOT NULL,              -- the routine as JSON
    PRIMARY KEY (project, routine)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS routines_by_due ON routines (due, routine);`;

/** Since schema version 20. */
export const MEASURES = `
  CREATE TABLE IF NOT EXISTS measures ( -- values that the configuration names
    project TEXT NOT NULL,
    name    TEXT NOT NULL,
    good    TEXT,                     -- the last measurement that gave a value, as JSON
    bad     TEXT,                     -- one after it that gave none
    PRIMARY KEY (project, name)
  ) WITHOUT ROWID;`;

/** Since schema version 25. */
export const FILES = `
  CREATE TABLE IF NOT EXISTS files ( -- files that people sent with an item; their bytes are beside the log
    project TEXT NOT NULL,
    item    INTEGER NOT NULL,
    event   INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    hash    TEXT NOT NULL,
    name    TEXT NOT NULL,
    type    TEXT NOT NULL,
    bytes   INTEGER NOT NULL,
    "by"    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (project, item, event, n)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS files_by_hash ON files (hash);`;

export const PROJECTION_TABLES = `
  CREATE TABLE counts (
    project TEXT NOT NULL,
    stage   TEXT NOT NULL, -- or 'last': the highest number ever given
    n       INTEGER NOT NULL,
    PRIMARY KEY (project, stage)
  ) WITHOUT ROWID;
  ${ITEMS}

  CREATE TABLE dependencies (
    project    TEXT NOT NULL,
    depends_on INTEGER NOT NULL,
    item       INTEGER NOT NULL,
    PRIMARY KEY (project, depends_on, item)
  ) WITHOUT ROWID;

  CREATE TABLE runs (
    project   TEXT NOT NULL,
    item      INTEGER NOT NULL,
    run       INTEGER NOT NULL,
    open      INTEGER NOT NULL, -- 1: pending or running
    state     TEXT NOT NULL,    -- the run as JSON
    PRIMARY KEY (project, item, run)
  );
  CREATE INDEX runs_open ON runs (project, item, run) WHERE open = 1;

  CREATE TABLE requests (
    number  INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    item    INTEGER NOT NULL,
    run     INTEGER NOT NULL,
    call    TEXT NOT NULL,
    open    INTEGER NOT NULL, -- 1: people are asked
    state   TEXT NOT NULL     -- the request as JSON
  );
  CREATE INDEX requests_open ON requests (project, item, number) WHERE open = 1;
  CREATE INDEX requests_of_run ON requests (project, item, run, call, number);

  CREATE TABLE spend (
    project TEXT NOT NULL,
    quarter INTEGER NOT NULL, -- quarter hours since the epoch: every time zone's days are made of them
    item    INTEGER NOT NULL,
    agent   TEXT NOT NULL,
    model   TEXT NOT NULL,
    input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL,
    micro_usd INTEGER NOT NULL,
    PRIMARY KEY (project, quarter, item, agent, model)
  ) WITHOUT ROWID;
  CREATE INDEX spend_of_item ON spend (project, item);

  CREATE TABLE spend_total (
    project TEXT NOT NULL,
    agent   TEXT NOT NULL,
    model   TEXT NOT NULL,
    input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL,
    micro_usd INTEGER NOT NULL,
    PRIMARY KEY (project, agent, model)
  ) WITHOUT ROWID;

  ${BASES}

  CREATE TABLE day_spend (    -- what the budgets of a day are measured by
    scope     TEXT NOT NULL,  -- project | person | bot
    name      TEXT NOT NULL,  -- the project, the person's actor, or empty
    quarter   INTEGER NOT NULL,
    tokens    INTEGER NOT NULL,
    micro_usd INTEGER NOT NULL,
    PRIMARY KEY (scope, name, quarter)
  ) WITHOUT ROWID;

  CREATE TABLE day_raises (   -- what people have added to the budget of a day
    scope     TEXT NOT NULL,
    name      TEXT NOT NULL,
    until     INTEGER NOT NULL, -- when the day ends
    tokens    INTEGER NOT NULL,
    micro_usd INTEGER NOT NULL,
    PRIMARY KEY (scope, name, until)
  ) WITHOUT ROWID;

  ${ACCOUNTS}
  ${OUTAGES}
  ${PAUSES}
  ${LABELS}
  ${ATTENTION}
  ${ROUTINES}
  ${TEXTS}
  ${MEASURES}
  ${FILES}

  CREATE TABLE timers (        -- open ones alone
    project TEXT NOT NULL,
    timer   INTEGER NOT NULL,
    item    INTEGER NOT NULL,
    due     INTEGER NOT NULL,
    state   TEXT NOT NULL,     -- the timer as JSON
    PRIMARY KEY (project, timer)
  ) WITHOUT ROWID;
  CREATE INDEX timers_by_due ON timers (due, timer);

  CREATE TABLE rooms (
    transport TEXT NOT NULL,
    room      TEXT NOT NULL,
    project   TEXT NOT NULL,
    PRIMARY KEY (transport, room)
  ) WITHOUT ROWID;

  CREATE TABLE subscriptions ( -- what was said from chat; a room without a row is told what the configuration says
    transport TEXT NOT NULL,
    room      TEXT NOT NULL,
    project   TEXT NOT NULL, -- the room's project when it was said: of another one it says nothing
    notify    TEXT,          -- kinds of news as JSON
    style     TEXT,
    PRIMARY KEY (transport, room)
  ) WITHOUT ROWID;
`;

/** Name and key of each projection table, for comparing and for emptying. */
export const PROJECTIONS: readonly { readonly table: string; readonly key: readonly string[] }[] = [
  { table: 'items', key: ['project', 'number'] },
  { table: 'counts', key: ['project', 'stage'] },
  { table: 'dependencies', key: ['project', 'depends_on', 'item'] },
  { table: 'runs', key: ['project', 'item', 'run'] },
  { table: 'requests', key: ['number'] },
  { table: 'spend', key: ['project', 'quarter', 'item', 'agent', 'model'] },
  { table: 'spend_total', key: ['project', 'agent', 'model'] },
  { table: 'bases', key: ['project'] },
  { table: 'day_spend', key: ['scope', 'name', 'quarter'] },
  { table: 'day_raises', key: ['scope', 'name', 'until'] },
  { table: 'accounts', key: ['account'] },
  { table: 'outages', key: ['project', 'agent'] },
  { table: 'pauses', key: ['project'] },
  { table: 'labels', key: ['project', 'open', 'label', 'item'] },
  { table: 'attention', key: ['project', 'why', 'since', 'item'] },
  { table: 'measures', key: ['project', 'name'] },
  { table: 'files', key: ['project', 'item', 'event', 'n'] },
  { table: 'texts', key: ['id'] },
  { table: 'timers', key: ['project', 'timer'] },
  { table: 'routines', key: ['project', 'routine'] },
  { table: 'rooms', key: ['transport', 'room'] },
  { table: 'subscriptions', key: ['transport', 'room'] },
];
