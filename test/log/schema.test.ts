import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openDatabase, type Db } from '../../src/log/database.ts';
import { migrate, migrateInSteps, SCHEMA_VERSION } from '../../src/log/schema/migrations.ts';
import { dataDir } from './data-dir.ts';

interface Made {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
}

const madeIn = (db: Db): Made[] => db.prepare<[], Made>('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all();

const tablesOf = (db: Db): string[] => madeIn(db).flatMap(({ type, name }) => (type === 'table' ? [name] : []));

/** What queries see of a schema: what its tables' columns are, in whatever order, and its indexes. */
function seenOf(db: Db): object {
  const columns = tablesOf(db).map((table) => [
    table,
    db
      .prepare<[], { name: string }>(`SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo('${table}') ORDER BY name`)
      .all(),
  ]);
  return { columns, indexes: madeIn(db).filter(({ type }) => type === 'index') };
}

function newDatabase(make: (db: Db) => void): Db {
  const db = openDatabase(':memory:');
  make(db);
  return db;
}

it('a new database has, to the letter, what all migrations one after another give', () => {
  const [atOnce, inSteps] = [newDatabase(migrate), newDatabase((db) => migrateInSteps(db, 0))];
  expect(madeIn(atOnce)).toEqual(madeIn(inSteps));
  expect(madeIn(atOnce).length).toBeGreaterThan(60);
  for (const table of tablesOf(inSteps))
    expect({ table, rows: atOnce.prepare(`SELECT * FROM "${table}"`).all() }).toEqual({
      table,
      rows: inSteps.prepare(`SELECT * FROM "${table}"`).all(),
    });
  for (const db of [atOnce, inSteps]) expect(db.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
});

it.each(['schema-1', 'schema-14'])('an older database comes to the same columns and indexes: %s', (fixture) => {
  const file = join(dataDir(), 'older.sqlite');
  writeFileSync(file, gunzipSync(readFileSync(join(import.meta.dirname, `fixtures/${fixture}.sqlite.gz`))));
  const older = openDatabase(file);
  migrate(older);
  expect(seenOf(older)).toEqual(seenOf(newDatabase(migrate)));
  older.close();
});
