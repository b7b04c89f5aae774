import type { Actor } from '../../pipeline/actor.ts';
import type { EventInto } from '../../pipeline/kinds.ts';
import type { SentFile } from '../../pipeline/told/sent-file.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { Db } from '../database.ts';

/** A file of an item, with who sent it and when. */
export interface FileOfItem extends SentFile {
  /** The number of the event that names it. */
  readonly event: number;
  readonly by: Actor;
  readonly at: Millis;
}

/** The projection `files`: which item has which files. */
export class FileRows {
  readonly #add;
  readonly #drop;
  readonly #dropItem;
  readonly #of;
  readonly #has;
  readonly #onlyOf;

  constructor(db: Db) {
    this.#add = db.prepare(
      'INSERT OR REPLACE INTO files (project, item, event, n, hash, name, type, bytes, "by", at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#drop = db.prepare('DELETE FROM files WHERE project = ? AND item = ? AND event = ?');
    this.#dropItem = db.prepare('DELETE FROM files WHERE project = ? AND item = ?');
    this.#of = db.prepare<[string, number], FileOfItem>(
      'SELECT event, hash, name, type, bytes, "by", at FROM files WHERE project = ? AND item = ? ORDER BY event, n',
    );
    this.#has = db.prepare<[string], number>('SELECT 1 FROM files INDEXED BY files_by_hash WHERE hash = ? LIMIT 1').pluck();
    this.#onlyOf = db
      .prepare<[string, number, string, number], string>(
        `SELECT DISTINCT hash FROM files AS own WHERE project = ? AND item = ? AND NOT EXISTS (
           SELECT 1 FROM files INDEXED BY files_by_hash WHERE hash = own.hash AND (project <> ? OR item <> ?))`,
      )
      .pluck();
  }

  /** The files of an item, the oldest first. */
  of(project: string, item: number): readonly FileOfItem[] {
    return this.#of.all(project, item);
  }

  /** Whether any item has the file with this hash. */
  isKept(hash: string): boolean {
    return this.#has.get(hash) !== undefined;
  }

  /** The hashes of an item's files that no other item has. */
  onlyOf(project: string, item: number): readonly string[] {
    return this.#onlyOf.all(project, item, project, item);
  }

  apply(event: EventInto<'files'>): void {
    const { project, item, seq, actor, at } = event;
    if (event.kind === 'item.purged') {
      this.#dropItem.run(project, item);
      return;
    }
    const { files, takesBack } = event.payload;
    if (takesBack !== undefined) this.#drop.run(project, item, takesBack);
    // A purge leaves no hash, and what has none is no file.
    for (const [n, { hash, name, type, bytes }] of files.entries())
      if (hash !== '') this.#add.run(project, item, seq, n, hash, name, type, bytes, actor, at);
  }
}
