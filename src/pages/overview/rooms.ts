import type { NetworkState } from '../../decide/network-state.ts';
import type { RoomState } from '../../decide/room-state.ts';
import { notificationsCell, quietHoursCell } from '../../words/bot/notifications.ts';
import { networkWords, NOTHING_WORDS } from '../../words/pages/overview.ts';
import { html, type Markup } from '../html.ts';
import type { Look, Shown } from '../view.ts';

/** `/rooms`: the networks with their state, and the rooms that this person may know of. */
export function roomsPage(look: Look): Shown {
  const all = (): Markup =>
    html`<div id="rooms" class="sections" data-live="networks ${look.projects.map(({ name }) => `project:${name}`).join(' ')}">
      <section aria-labelledby="networks-title">
        <h2 id="networks-title">Networks</h2>
        <ul class="rows">
          ${look.parts.networks().map((one) => networkRow(one, look))}
        </ul>
      </section>
      <section aria-labelledby="rooms-title">
        <h2 id="rooms-title">Rooms</h2>
        ${roomsTable(roomsSeen(look), look)}
      </section>
    </div>`;
  return {
    title: 'Rooms',
    parts: new Map([['rooms', all]]),
    body: () =>
      html`<h1>Rooms and networks</h1>
        ${all()}`,
  };
}

/** Rooms of projects that this person can't see are left out. */
function roomsSeen(look: Look): RoomState[] {
  return look.parts.rooms().filter((room) => room.project === null || look.project(room.project) !== null);
}

function networkRow(network: NetworkState, { reader }: Look): Markup {
  const isWell = network.isLocal || network.state === 'online';
  return html`<li class="row">
    <p class="head">
      <span class="sign ${isWell ? 'merged' : 'needs'}">${isWell ? '✓' : '!'} ${network.name}</span>
      <span>${networkWords(network, reader.now)}</span>
    </p>
    ${network.problem !== null && html`<p class="why">${network.problem}</p>`}
  </li>`;
}

function roomsTable(rooms: readonly RoomState[], look: Look): Markup {
  if (rooms.length === 0) return html`<p class="empty">${NOTHING_WORDS.rooms}</p>`;
  const troubles = new Map(look.parts.networks().flatMap(({ name, unsent }) => unsent.map(({ room, why }) => [`${name} ${room}`, why])));
  return html`<ul class="rows">
    ${rooms.map((room) => {
      const trouble = troubles.get(`${room.transport} ${room.id}`) ?? null;
      return html`<li class="row">
        <p class="head">
          <strong><bdi>${room.name}</bdi></strong> <span class="quiet">${room.transport}</span>
        </p>
        <dl class="facts">
          <div>
            <dt>Project</dt>
            <dd>${room.project ?? 'all'}</dd>
          </div>
          <div>
            <dt>Notifications</dt>
            <dd>${notificationsCell(room)}</dd>
          </div>
          <div>
            <dt>Quiet hours</dt>
            <dd>${quietHoursCell(room)}</dd>
          </div>
          <div>
            <dt>Set by</dt>
            <dd>${room.saidBy}</dd>
          </div>
        </dl>
        ${trouble !== null && html`<p class="why">${trouble}</p>`}
      </li>`;
    })}
  </ul>`;
}
