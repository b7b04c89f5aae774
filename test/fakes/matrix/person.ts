import { randomUUID } from 'node:crypto';
import { asObject, listAt, textAt, type Json } from '../../../transports/matrix/json.ts';

/** An account on a real homeserver, used as a person's client would. */
export interface Person {
  readonly id: string;
  readonly accessToken: string;
  readonly deviceId: string;
  request(method: string, path: string, body?: unknown): Promise<Json>;
  createRoom(options: Json): Promise<string>;
  say(room: string, content: string | Json): Promise<string>;
  /** Gives the address of the file on its server. */
  upload(name: string, type: string, bytes: Uint8Array): Promise<string>;
  react(room: string, event: string, key: string): Promise<string>;
  /** All events of a room that this person sees, oldest first. */
  events(room: string): Promise<Json[]>;
}

export async function logIn(url: string, user: string, password: string): Promise<Person> {
  const credentials = { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password };
  const login = await ask(url, null, 'POST', '/login', credentials);
  const accessToken = textAt(login, 'access_token') ?? '';
  const request = (method: string, path: string, body?: unknown) => ask(url, accessToken, method, path, body);
  const send = async (room: string, type: string, content: Json): Promise<string> =>
    textAt(await request('PUT', `/rooms/${encodeURIComponent(room)}/send/${type}/${randomUUID()}`, content), 'event_id') ?? '';
  return {
    id: textAt(login, 'user_id') ?? '',
    accessToken,
    deviceId: textAt(login, 'device_id') ?? '',
    request,
    createRoom: async (options) => textAt(await request('POST', '/createRoom', options), 'room_id') ?? '',
    say: (room, content) => send(room, 'm.room.message', typeof content === 'string' ? { msgtype: 'm.text', body: content } : content),
    async upload(name, type, bytes) {
      const response = await fetch(`${url}/_matrix/media/v3/upload?filename=${encodeURIComponent(name)}`, {
        method: 'POST',
        headers: { 'Content-Type': type, Authorization: `Bearer ${accessToken}` },
        body: Buffer.from(bytes),
      });
      return textAt(await response.json(), 'content_uri') ?? '';
    },
    react: (room, event, key) => send(room, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key } }),
    async events(room) {
      const all: Json[] = [];
      let from: string | null = null;
      for (;;) {
        const page: Json = await request(
          'GET',
          `/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=500${from === null ? '' : `&from=${encodeURIComponent(from)}`}`,
        );
        all.push(...listAt(page, 'chunk'));
        from = textAt(page, 'end');
        if (from === null) return all.toReversed();
      }
    },
  };
}

async function ask(url: string, token: string | null, method: string, path: string, body?: unknown): Promise<Json> {
  const address = path.startsWith('/_synapse') ? url + path : `${url}/_matrix/client/v3${path}`;
  const response = await fetch(address, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token === null ? {} : { Authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = asObject(await response.json());
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(json)}`);
  return json;
}
