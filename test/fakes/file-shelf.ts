import type { ServerResponse } from 'node:http';

/** A file as a person's device has it. */
export interface DeviceFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What the next request for a file meets, whatever it is. */
export type FileMishap = 'gone' | 'broken' | 'cut' | { readonly redirect: string };

/** The files that a fake network keeps, by an id. */
export class FileShelf {
  readonly files = new Map<string, DeviceFile>();
  readonly mishaps: FileMishap[] = [];
  /** Ids that were asked for. */
  readonly asked: string[] = [];

  put(file: DeviceFile): string {
    const id = `F${this.files.size + 1}`;
    this.files.set(id, file);
    return id;
  }

  /** Answers a request for a file. `mayRead`: the network lets its asker. */
  answer(id: string, mayRead: boolean, response: ServerResponse): void {
    this.asked.push(id);
    const file = this.files.get(id);
    const mishap = this.mishaps.shift();
    if (mishap === 'cut') return void response.destroy();
    if (mishap === 'broken') return void response.writeHead(503).end();
    if (typeof mishap === 'object') return void response.writeHead(302, { Location: mishap.redirect }).end();
    if (mishap === 'gone' || file === undefined) return void response.writeHead(404).end('{}');
    if (!mayRead) return void response.writeHead(403).end('{}');
    // Without a length, as a network may send it.
    response.writeHead(200, { 'Content-Type': file.type });
    response.end(file.bytes);
  }
}
