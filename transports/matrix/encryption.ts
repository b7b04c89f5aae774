import type { MatrixClient } from 'matrix-bot-sdk';
import { asObject, listAt, objectAt, type Json } from './json.ts';
import type { LoadedSdk } from './sdk.ts';

/** What encrypted rooms need; absent if the library is missing. */
export interface Encryption {
  /** Takes in the keys that a sync brought; before its events are read. */
  update(sync: Json): Promise<void>;
  /** The decrypted event. Throws if its key is missing. */
  decrypt(room: string, event: Json): Promise<Json>;
  encrypt(room: string, type: string, content: Json): Promise<Json>;
  /** Follows who is in a room and how it is encrypted. */
  note(room: string, event: Json): Promise<void>;
  joined(room: string): Promise<void>;
}

/** The encryption of a client that has it. `rooms`: those that the bot is in. */
export async function openEncryption({ sdk }: LoadedSdk, client: MatrixClient, rooms: readonly string[]): Promise<Encryption | null> {
  // Typed as always there; it is not without a store for its keys.
  const crypto = client.crypto as MatrixClient['crypto'] | undefined;
  if (crypto === undefined) return null;
  await crypto.prepare([...rooms]);
  return {
    async update(sync) {
      type Update = Parameters<typeof crypto.updateSyncData>;
      await crypto.updateSyncData(
        listAt(sync['to_device'], 'events') as unknown as Update[0],
        objectAt(sync, 'device_one_time_keys_count'),
        texts(sync, 'device_unused_fallback_key_types') as Update[2],
        texts(sync['device_lists'], 'changed'),
        texts(sync['device_lists'], 'left'),
      );
    },
    async decrypt(room, event) {
      const { raw } = await crypto.decryptRoomEvent(new sdk.EncryptedRoomEvent(event), room);
      return asObject(raw);
    },
    async encrypt(room, type, content) {
      return asObject(await crypto.encryptRoomEvent(room, type, content));
    },
    note: (room, event) => crypto.onRoomEvent(room, event),
    joined: (room) => crypto.onRoomJoin(room),
  };
}

function texts(value: unknown, key: string): string[] {
  const list = asObject(value)[key];
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
}
