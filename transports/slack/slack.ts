import { randomUUID } from 'node:crypto';
import { decodeHandle } from './handle.ts';
import type { IncomingMessage } from '../../src/message/address.ts';
import { command, line } from '../../src/message/build.ts';
import type { Document } from '../../src/message/document.ts';
import { usageOf } from '../command-catalogue.ts';
import type { AnswersApart, Capabilities, OpensDirect, OpensThreads, Retires, ShowsWork, Sink, Transport } from '../transport.ts';
import { CatchUp } from './intake/catch-up.ts';
import { formCommands } from './intake/form-command.ts';
import { fieldView } from './render/field.ts';
import { formView } from './render/form.ts';
import { rateLimitOf, slackError, startFailure } from './failure.ts';
import { emptySecret } from './intake/signature.ts';
import { serveHttp, type HttpIntake } from './intake/http.ts';
import { Intake, NOT_STORED } from './intake/intake.ts';
import { NOBODY_KNOWN } from '../people.ts';
import type { FetchesFiles } from '../files.ts';
import { fetchSlackFile } from './files.ts';
import { LifeCycle } from '../life-cycle.ts';
import { SLACK_LIMITS } from './limits.ts';
import { Names, watchBotNames } from './names.ts';
import { OpenRequests } from './open-requests.ts';
import type { SlackOptions } from './options.ts';
import { Outgoing } from './sending/outgoing.ts';
import { Sockets } from './intake/socket.ts';
import { openDirect } from './sending/direct.ts';
import { threadUnder } from './sending/thread.ts';
import { watchSlack } from './intake/watch.ts';
import { loadSdk, type CallSlack, type Sdk } from './web-api.ts';
import { isForUs, whoAmI, type Workspace } from './workspace.ts';

const CAPABILITIES: Capabilities = {
  edits: true,
  threads: true,
  buttons: true,
  reactions: true,
  ephemeral: true,
  broadcasts: true,
  pace: { roomMs: 1_000 / SLACK_LIMITS.messagesPerSecond, roomBurst: SLACK_LIMITS.messageBurst, networkMs: 0, networkBurst: 1 },
  typedSlash: false,
  maxText: SLACK_LIMITS.text,
  maxTextUnit: 'utf16',
};
/** Two, so that one stays up while Slack closes the other. */
const CONNECTIONS = 2;
const SLACK_RESPONSES = 'https://hooks.slack.com/';
/** The sign on a message that is worked on. */
const WORKING = 'eyes';

/** What lives from start to stop. */
interface Running {
  readonly call: CallSlack;
  readonly workspace: Workspace;
  /** How people call the bot. */
  names: readonly string[];
  readonly outgoing: Outgoing;
  readonly requests: OpenRequests;
  readonly catchUp: CatchUp;
  readonly intake: Intake;
  sockets: Sockets | null;
  http: HttpIntake | null;
  endWatch: () => void;
  endNames: () => void;
}

/** The port that Slack's requests are taken at; null with Socket Mode or before the start. */
export interface HasPort {
  port(): number | null;
}

/** Slack as a transport: events, slash commands, buttons and forms come by Socket Mode or by signed requests. */
export function slackTransport(
  options: SlackOptions,
): Transport & ShowsWork & OpensThreads & OpensDirect & AnswersApart & Retires & FetchesFiles & HasPort {
  const { clock, report } = options;
  const life = new LifeCycle(clock);
  let running: Running | null = null;
  const aborting = new AbortController();

  /** The way to Slack is there (null), or what is wrong with it. */
  const changed = (problem: string | null): void => {
    if (problem !== null) life.reconnecting(problem);
    else if (life.online()) void running?.catchUp.run();
  };

  const start = async (sink: Sink): Promise<void> => {
    const sdk = await loadSdk({
      botToken: options.botToken,
      apiUrl: options.apiUrl,
      signal: aborting.signal,
      // At the end calls are broken off, and that is no news.
      warn: (message) => (life.state === 'stopped' ? undefined : report(new Error(message))),
    });
    const { workspace, name } = await whoAmI(sdk.call, options.appId, options.intake.kind === 'http');
    running = await assemble(sdk.call, workspace, name, sink);
    if (options.intake.kind === 'socket') await startSockets(sdk, running, options.intake.appToken);
    else {
      running.http = await startHttp(running, options.intake);
      running.endWatch = watchSlack({ call: sdk.call, clock, looked: (problem) => changed(problem) });
    }
    const parts = running;
    parts.endNames = watchBotNames({ call: sdk.call, clock, report }, workspace.botUser, (called) => {
      if (called.length > 0) parts.names = called;
    });
    // What came while nobody listened; it may take a while and nobody waits for it.
    void running.catchUp.run();
  };

  const assemble = async (call: CallSlack, workspace: Workspace, name: string, sink: Sink): Promise<Running> => {
    const requests = new OpenRequests();
    const outgoing = new Outgoing({
      call,
      requests,
      clock,
      signal: aborting.signal,
      responseBase: options.responseBase ?? SLACK_RESPONSES,
      installation: installationOf(options),
      report,
      ...(options.draw === undefined ? {} : { draw: options.draw }),
      // No answer makes Musher send a file anywhere else.
      mayUploadTo: (url) =>
        options.apiUrl === null
          ? url.protocol === 'https:' && url.hostname.endsWith('.slack.com')
          : url.origin === new URL(options.apiUrl).origin,
    });
    const names = new Names(call, options.people ?? NOBODY_KNOWN, clock, report);
    const commands = options.catalogue?.commands ?? [];
    const forms = formCommands(commands);
    const tell = (message: IncomingMessage, words: Document): void => {
      outgoing.send(message.at, words, `note:${randomUUID()}`, { again: false }).catch(report);
    };
    const intake: Intake = new Intake({
      sink,
      workspace,
      clock,
      report,
      rules: {
        command: options.command.toLowerCase(),
        phrases: new Map(commands.map(({ words }) => [words.join('-'), words.join(' ')])),
        forms,
      },
      nameOf: (person) => names.of(person),
      openForm: ({ trigger, command: asked, given, message }) => {
        call('views.open', { trigger_id: trigger, view: formView(message.at, asked, given) }).catch((error: unknown) => {
          report(error);
          tell(message, line('The form could not be opened. Type it instead: ', command(usageOf(asked))));
        });
      },
      openField: ({ trigger, asked, message }) => {
        call('views.open', { trigger_id: trigger, view: fieldView(message.at, asked) }).catch((error: unknown) => {
          report(error);
          tell(message, line('The field could not be opened. Type it instead: ', command(`${asked.command} <text>`)));
        });
      },
      tellNotStored: (message) => tell(message, line(NOT_STORED)),
      saw: (channel, ts, thread) => catchUp.saw(channel, ts, thread),
      lost: (channel, ts) => catchUp.lost(channel, ts),
      onEvent: () => life.heard(),
    });
    const catchUp = new CatchUp({
      call,
      clock,
      state: options.state,
      rooms: options.rooms,
      take: (channel, message) => intake.takeFromHistory(channel, message),
      report,
    });
    const end = (): void => {};
    return { call, workspace, names: [name], outgoing, requests, catchUp, intake, sockets: null, http: null, endWatch: end, endNames: end };
  };

  const startSockets = async (sdk: Sdk, parts: Running, appToken: string): Promise<void> => {
    parts.sockets = new Sockets({
      open: (signal) => sdk.socket(appToken, signal),
      clock,
      count: CONNECTIONS,
      take: (kind, body) => parts.intake.take(kind, body),
      report,
      changed: (connected, problem) =>
        changed(connected > 0 ? null : (problem ?? 'The connection to Slack ended; Musher is reconnecting.')),
    });
    await parts.sockets.start().catch((error: unknown) => {
      throw startFailure('Socket Mode does not connect', error, 'app');
    });
  };

  const startHttp = (parts: Running, intake: Extract<SlackOptions['intake'], { kind: 'http' }>): Promise<HttpIntake> =>
    serveHttp({
      ...intake,
      now: () => clock.now(),
      isForUs: (body) => isForUs(body, parts.workspace),
      // Where the commit fails, nothing of it was kept: alone it may be, and where not, its room is told.
      take: (kind, body) => options.inSharedCommit(() => parts.intake.take(kind, body)).catch(() => parts.intake.take(kind, body)),
      hold: (url) => parts.requests.hold(url),
      report,
    });

  return {
    name: 'slack',
    capabilities: CAPABILITIES,

    isApart(to) {
      const handle = decodeHandle(to.thread);
      return handle?.kind === 'answer' && !handle.public && handle.url !== null;
    },

    start: (sink) =>
      life.start({
        async connect() {
          if (options.intake.kind === 'http' && options.intake.signingSecret.trim() === '') throw emptySecret();
          await start(sink);
        },
        async abandon() {
          running?.endWatch();
          running?.endNames();
          await running?.sockets?.stop();
          await running?.catchUp.stop();
          running = null;
        },
      }),

    identity: () => (running === null ? null : { ids: [running.workspace.botUser], names: running.names }),

    port: () => running?.http?.port ?? null,

    async send(to, body, key, sendOptions) {
      return started(running).outgoing.send(to, body, key, sendOptions);
    },

    async retire(ref, body) {
      return started(running).outgoing.retire(ref, body);
    },

    async threadUnder(ref) {
      return threadUnder(started(running).call, ref);
    },

    async direct(person) {
      return openDirect(started(running).call, person);
    },

    async edit(ref, body) {
      return started(running).outgoing.edit(ref, body);
    },

    async fetchFile(file, limits) {
      const { call } = started(running);
      return fetchSlackFile({ call, token: options.botToken, apiUrl: options.apiUrl }, file, limits);
    },

    async showWork(message, working) {
      const [, channel, ts] = /^ev:([^:]+):(.+)$/.exec(message.id) ?? [];
      if (channel === undefined || ts === undefined) return;
      await started(running)
        .call(working ? 'reactions.add' : 'reactions.remove', { channel, timestamp: ts, name: WORKING })
        .catch((error: unknown) => {
          // There already, gone already, not allowed, or one too many: a sign is no reason to stop.
          if (slackError(error) === null && rateLimitOf(error) === null) report(error);
        });
    },

    health: () => ({ ...life.health, rooms: running?.catchUp.missing() ?? [] }),

    async stop(signal) {
      const parts = running;
      await life.stop(signal, () => {
        parts?.intake.close();
        parts?.endWatch();
        parts?.endNames();
        return Promise.all([parts?.outgoing.drain(), parts?.http?.close(), parts?.sockets?.stop()]).catch(report);
      });
      aborting.abort();
      await parts?.catchUp.stop();
    },
  };
}

function started(running: Running | null): Running {
  if (running === null) throw new Error('Slack is not started.');
  return running;
}

/** Tells our messages from those of another database that wrote into the same channel and counts from 1 too. */
function installationOf({ state }: SlackOptions): string {
  const known = state.get('installation');
  if (known !== null) return known;
  const made = randomUUID();
  state.set('installation', made);
  return made;
}
