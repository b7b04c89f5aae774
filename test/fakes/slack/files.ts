/** Files as Slack takes them: a place is given, bytes are sent there, and then the upload is completed. */
export class Files {
  /** False: the token may not upload. */
  allowed = true;
  /** How often a message with a file is refused before the file can be shown. */
  refusals = 1;
  readonly #all = new Map<string, { bytes: Buffer | null; complete: boolean; alternative: string; left: number }>();

  /** Begins an upload, and gives the file's id. */
  begin(alternative: string): string {
    const id = `F${String(this.#all.size + 1).padStart(9, '0')}`;
    this.#all.set(id, { bytes: null, complete: false, alternative, left: this.refusals });
    return id;
  }

  /** The bytes arrive. False: nobody has asked for this place. */
  take(id: string, bytes: Buffer): boolean {
    const file = this.#all.get(id);
    if (file === undefined) return false;
    file.bytes = bytes;
    return true;
  }

  complete(id: string): boolean {
    const file = this.#all.get(id);
    if (file === undefined || file.bytes === null) return false;
    file.complete = true;
    return true;
  }

  /** Whether a message can show a file now; asking brings that nearer. */
  shows(id: string): boolean {
    const file = this.#all.get(id);
    if (file === undefined || !file.complete) return false;
    file.left -= 1;
    return file.left < 0;
  }

  bytesOf(id: string): Buffer | null {
    return this.#all.get(id)?.bytes ?? null;
  }
}
