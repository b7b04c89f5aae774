import type { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { seenMessages } from '../fakes/matrix/room-view.ts';
import type { Room } from './messages.ts';

/** A room of the fake homeserver, and a person in it. */
export class MatrixRoom implements Room {
  readonly transport = 'matrix';
  readonly id: string;
  readonly asked: string[] = [];
  /** Reactions to a question that may be closed already, whatever the room shows of it. */
  readonly perhaps: string[] = [];
  readonly words = new Map<string, string>();
  readonly #server: FakeHomeserver;
  /** Questions that were answered, by their first answer. */
  readonly #answered = new Set<string>();
  /** Commands that ask first. */
  #asking = 0;

  constructor(server: FakeHomeserver, id: string) {
    this.#server = server;
    this.id = id;
    server.createRoom(id);
  }

  shown(): { id: string; text: string }[] {
    return seenMessages(this.#server.rooms.get(this.id)?.events ?? [], this.#server.me);
  }

  get text(): string {
    return this.shown()
      .map(({ text }) => text)
      .join('\n');
  }

  /**
   * Answers the last question with a reaction, where there is one. It counts, and so has to be taken, where it is the first
   * answer and no newer question can have taken the place of that one.
   */
  react(key: string): void {
    const questions = this.shown().filter(({ text }) => text.includes('Expires in 5 minutes'));
    const question = questions.at(-1);
    if (question === undefined) return;
    const relation = { rel_type: 'm.annotation', event_id: question.id, key };
    const id = this.#server.add(this.id, { type: 'm.reaction', sender: '@ada:example.org', content: { 'm.relates_to': relation } });
    const isOpen = !/✓ Confirmed|✗ (?:Cancelled|Closed|Expired)/.test(question.text);
    const counts = isOpen && !this.#answered.has(question.id) && questions.length === this.#asking;
    this.#answered.add(question.id);
    if (counts) this.#said(id, `${key} to ${question.id}`);
    else this.perhaps.push(id);
  }

  /** `thread`: the message under which its thread is. */
  say(text: string, thread: string | null = null): void {
    if (text.startsWith('delete ')) this.#asking += 1;
    const relation = thread === null ? {} : { 'm.relates_to': { rel_type: 'm.thread', event_id: thread } };
    this.#said(this.#server.say(this.id, `!${text}`, relation), text);
  }

  #said(id: string, words: string): void {
    this.asked.push(id);
    this.words.set(id, words);
  }
}

/** The part of bot.toml that brings Musher into these rooms. */
export function matrixToml(server: FakeHomeserver, rooms: readonly string[]): string {
  return `
[matrix]
homeserver = "${server.url}"
access_token = "${server.accessToken}"
inviters = ["@ada:example.org"]

[[person]]
name = "ada"
matrix = "@ada:example.org"

${rooms.map((id) => `[[room]]\ntransport = "matrix"\nid = "${id}"\nproject = "shop"\noperator = ["ada"]\nnotify_style = "messages"\n`).join('\n')}`;
}
