import type { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { seenMessages } from '../fakes/matrix/room-view.ts';
import type { Room } from './messages.ts';

/** A room of the fake homeserver, and a person in it. */
export class MatrixRoom implements Room {
  readonly transport = 'matrix';
  readonly id: string;
  readonly asked: string[] = [];
  /** Reactions: one to a question that is closed meanwhile stands for nothing, and the question still says that it stands. */
  readonly perhaps: string[] = [];
  readonly words = new Map<string, string>();
  readonly #server: FakeHomeserver;

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

  /** Answers the last question with a reaction, where there is one. */
  react(key: string): void {
    const question = this.shown().findLast(({ text }) => text.includes('The question stands'));
    if (question === undefined) return;
    const relation = { rel_type: 'm.annotation', event_id: question.id, key };
    this.perhaps.push(this.#server.add(this.id, { type: 'm.reaction', sender: '@ada:example.org', content: { 'm.relates_to': relation } }));
  }

  say(text: string): void {
    this.#said(this.#server.say(this.id, `!${text}`), text);
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

${rooms.map((id) => `[[room]]\ntransport = "matrix"\nid = "${id}"\nproject = "shop"\noperator = ["ada"]\n`).join('\n')}`;
}
