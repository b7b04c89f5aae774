import { idsForDirect } from '../bot/rights/rights.ts';
import { namesOf } from '../decide/people.ts';
import { unconfiguredProjects } from '../decide/unconfigured.ts';
import { randomBytes } from 'node:crypto';
import { crashPoint } from '../crash-point.ts';
import { join } from 'node:path';
import process from 'node:process';
import { LOCAL } from '../../transports/index.ts';
import { runBatch } from './batch.ts';
import { Delivery } from '../delivery/delivery.ts';
import { LOST_ANSWER, lostAnswerElsewhere } from '../words/fixed-replies.ts';
import { placesOf } from '../delivery/asker-places.ts';
import { refused } from '../words/replies.ts';
import { PngMaker } from '../pictures/png/png-maker.ts';
import { sendDigests } from '../notices/digests.ts';
import { climb } from '../notices/climb/climb.ts';
import { keepCards } from '../notices/cards.ts';
import { retireButtons } from '../delivery/retire-buttons.ts';
import { buttonsOver } from '../words/bot/closing.ts';
import { Router } from '../bot/loop/router.ts';
import type { Settings } from '../config/settings.ts';
import { watchAbsences } from '../notices/absence.ts';
import { EXIT_RESTART, Ending, endOfRuns, isGoodbye, openRuns } from './lifecycle/ending.ts';
import { Connections } from './connections.ts';
import { ANSWER_PLACES, isWindow, networkTransports, titleOfNetwork } from './networks.ts';
import { openPage } from './page/open.ts';
import { showLink } from './page/link.ts';
import { digestRooms, roomDirectory } from './rooms.ts';
import { catalogueOf } from './command-catalogue.ts';
import { AwaitedReplies } from './lifecycle/awaited-replies.ts';
import { waitUntilSent } from './lifecycle/wait-until-sent.ts';
import { greeting } from './lifecycle/greeting.ts';
import { localName } from './lifecycle/local-name.ts';
import { shutDown } from './lifecycle/shut-down.ts';
import type { Address, IncomingMessage } from '../message/address.ts';
import { Engine } from '../engine/engine.ts';
import { keepRequests } from '../engine/run/requests.ts';
import { recoverAndRecord, type Before } from '../engine/recovery/start.ts';
import { Timers } from '../engine/timers.ts';
import { startNotify, type Notifying } from '../notices/notify.ts';
import { type EngineParts } from '../engine/parts.ts';
import { reconfiguration } from './lifecycle/reconfigure.ts';
import { upkeep } from './upkeep.ts';
import { batchParts, localOwner } from './script.ts';
import type { Streams } from './streams.ts';
import { Routines } from '../bot/routines/routines.ts';
import { conditionHolds } from '../decide/routine-condition.ts';
import { needsPeople } from '../words/item/step.ts';
import { missedRoutine } from '../words/steer/routines.ts';
import { missedTimer } from '../words/missed-timer.ts';
import { FileStore } from '../log/files/file-store.ts';
import { projectOf, type BotParts } from '../bot/bot-parts.ts';
import type { NetworkState } from '../decide/network-state.ts';

/** How long the end of Musher waits for messages that are still to be sent. */
const LAST_MESSAGES_MS = 5_000;

/** Wires log, engine, router and terminal together, and takes them apart again in the reverse order. */
export async function runMusher(
  options: Streams,
  settings: Settings,
  shared: Omit<BotParts, 'networks' | 'backups' | 'rooms' | 'reconfiguration' | 'restart'>,
  engineParts: EngineParts,
  before: Before,
  onProblem: (what: string, error: unknown) => void,
): Promise<number> {
  const { log, clock } = shared;
  const { version, startedAt } = shared;
  const networksNow = (): NetworkState[] => connections.states();
  const kept = upkeep({ settings, log, clock, networks: networksNow, version, startedAt, onProblem });
  const rooms = roomDirectory({
    settings,
    reads: log.reads,
    speaksOf: (transport, room) => projectOf(bot, transport, room).name,
    hasThreads: (transport) => connections.named(transport)?.capabilities.threads === true,
    hasEdits: (transport) => connections.named(transport)?.capabilities.edits === true,
    isPressable: (transport) => connections.named(transport)?.capabilities.buttons === true,
    hasButtons: (transport) => {
      const { buttons = false, reactions = false } = connections.named(transport)?.capabilities ?? {};
      return buttons || reactions;
    },
  });
  const ending = new Ending();
  const bot: BotParts = {
    ...shared,
    networks: networksNow,
    backups: kept.backups,
    rooms: () => rooms.all(),
    reconfiguration: reconfiguration(settings, process.env),
    restart: options.batch ? null : () => ending.restart(),
    ...(settings.networks.some(({ name }) => isWindow(name))
      ? {
          page: {
            address: () => connections.pageAddress(),
            isPrivate: (at: Address) => ANSWER_PLACES.isPrivate(at),
            openDirect: (ids) => connections.openDirect(ids),
            isWindow,
          },
        }
      : {}),
  };
  // Nothing else holds the process while agents work: timers never do, and their output goes to files.
  const alive = setInterval(() => undefined, 2 ** 30);
  const { address } = LOCAL;
  const awaitedReplies = new AwaitedReplies();
  const terminal = await LOCAL.open({
    input: options.batch ? null : options.stdin,
    output: options.stdout,
    clock,
    userName: localName(process.env),
    colour: (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
    dumb: process.env['TERM'] === 'dumb',
    prompt: () => `${projectOf(bot, address.transport, address.room).name}> `,
    complete: (line) => router.complete(line, { sender: localOwner(), at: address, ingress: 'terminal' }),
    historyFile: join(settings.dataDir, 'history'),
    remembered: (line) => engineParts.redactor.redact(line),
    onExit: () => {
      // Run by a service manager there is no terminal: Musher then continues for its networks. The demo belongs to its terminal.
      if (settings.file === null || connections.all.length === 1 || options.stdin.isTTY === true) ending.begin('stop');
    },
    report: (error) => onProblem('the terminal', error),
  });
  const pictures = new PngMaker({ clock, report: (error) => onProblem('a picture', error) });
  const networks = await networkTransports({
    settings,
    log,
    clock,
    rights: bot.rights,
    names: namesOf(log, settings),
    catalogue: catalogueOf(bot.commands, (text, typist) => router.complete(text, typist)),
    draw: (picture) => pictures.draw(picture),
    page: (network) => openPage(bot, engineParts, network),
    report: (network, error) => onProblem(network, error),
  });
  let isLinkShown = options.batch || settings.file !== null;
  const connections: Connections = new Connections(terminal, networks, log, clock, onProblem, () => {
    delivery.wake();
    const page = connections.pageAddress();
    if (isLinkShown || page === null) return;
    isLinkShown = true;
    showLink(log, page, terminal).catch((error: unknown) => onProblem('the link to the page', error));
  });
  const delivery: Delivery = new Delivery({
    log,
    clock,
    random: Math.random,
    transports: connections.all,
    isOpen: (name) => connections.isOpen(name),
    lostAnswers: {
      there: LOST_ANSWER,
      elsewhere: ({ asker, where }) =>
        lostAnswerElsewhere(bot.nameOf(bot.rights.actorOf(asker)), rooms.nameOf(where.transport, where.room)),
      places: (lost) =>
        placesOf(
          { log, rooms: () => settings.rooms, idsOf: (sender) => bot.rights.idsOf(sender), isOpen: (name) => connections.isOpen(name) },
          lost,
        ),
    },
    onSent: (row) => {
      connections.tried(row.to, null);
      if (row.inbox !== null) awaitedReplies.printed(row.inbox);
    },
    onProblem: (row, error, dead) => {
      connections.tried(row.to, { error, dead });
      onProblem(dead ? `message ${row.id} was given up` : `message ${row.id} is tried again`, error);
    },
  });
  const fileStore = new FileStore(settings.dataDir);
  const router: Router = new Router({
    ...bot,
    addressing: (name) => {
      const identity = connections.named(name)?.identity() ?? null;
      return { botNames: [settings.name, ...(identity?.names ?? [])], botIds: identity?.ids ?? [], prefix: '!' };
    },
    showWork: (message, working) => connections.showWork(message, working),
    showLive: (message, inbox, body) => delivery.live.show(message, inbox, engineParts.redactor.redactAll(body)),
    onIncident: (id, error, words) => onProblem(`incident ${id} in ${words === '' ? 'a message' : words}`, error),
    onStuck: (inbox, error) => {
      onProblem(`message ${inbox} waits until the log can be written`, error);
      awaitedReplies.stuck(
        inbox,
        refused(`not-stored: ${error.message}; it is tried again while Musher runs, and when it starts again`, ''),
      );
    },
    flood: settings.flood,
    newIncidentId: () => randomBytes(4).toString('hex'),
    onAnswered: (inbox, reply) => awaitedReplies.answered(inbox, reply),
    sending: delivery,
    files: { fetch: (message, file, limits) => connections.fetchFile(message, file, limits), keep: (bytes) => fileStore.keep(bytes) },
    onFileProblem: (error) => onProblem('a file could not be stored', error),
    news: () => notify,
  });
  const engine = new Engine(engineParts);
  const timers = new Timers({
    log,
    clock,
    missed: (timer) => missedTimer(timer, settings.timezone),
    onProblem,
    takeUp: (id, message) => router.takeUp(id, message),
  });

  const routines = new Routines({
    log,
    clock,
    timezone: settings.timezone,
    holds: (tx, name, condition) => {
      const project = settings.projects.find((one) => one.name === name);
      if (project === undefined) return false;
      return condition === null || conditionHolds(tx.reads, project, condition, tx.now, needsPeople);
    },
    missed: (routine, times, last, next) => missedRoutine(routine, times, last, next, settings.timezone),
    onProblem,
    takeUp: (id, message) => router.takeUp(id, message),
  });

  const who = { project: bot.projects[0].name, item: null, actor: 'musher', cause: null } as const;
  const { differences } = await recoverAndRecord(engineParts, before, version);
  for (const difference of differences) options.stderr.write(`The log and its tables differ: ${difference}. Run \`musher verify\`.\n`);
  crashPoint('after-start-recorded');
  const notify: Notifying = startNotify({
    log,
    settingsOf: (name) => settings.projects.find((project) => project.name === name) ?? null,
    roomsOf: (name) => rooms.notified(name),
    allRooms: () => rooms.everyone(),
    places: ANSWER_PLACES,
    timezone: settings.timezone,
    nameOf: bot.nameOf,
    onError: (error) => onProblem('a notification', error),
  });
  const requests = keepRequests({ log, clock, onError: (error) => onProblem('what agents ask people for', error) });
  // A batch reads of it in the notice of the start.
  const left = unconfiguredProjects(log.reads, engineParts.projects.keys());
  if (!options.batch) options.stdout.write(greeting(settings, bot.version, left));
  const receive = (message: IncomingMessage): 'accepted' | 'duplicate' | 'ignored' => {
    if (!router.isAddressed(message)) return 'ignored';
    if (message.ingress === 'terminal' && isGoodbye(message.text)) {
      ending.begin('stop');
      return 'accepted';
    }
    return router.receive(message) === null ? 'duplicate' : 'accepted';
  };
  const unlistenSignals = ending.listen(options.stderr);
  let exitCode = 0;
  let buttons: ReturnType<typeof retireButtons> | null = null;
  let cards: ReturnType<typeof keepCards> | null = null;
  let digests: ReturnType<typeof sendDigests> | null = null;
  let ladder: ReturnType<typeof climb> | null = null;
  let absences: ReturnType<typeof watchAbsences> | null = null;
  try {
    // First: where its port is taken, nothing else has begun.
    await kept.start();
    delivery.start();
    router.start();
    engine.start();
    timers.start();
    routines.start();
    await terminal.start(receive);
    connections.startNetworks(receive);
    buttons = retireButtons({
      log,
      clock,
      transports: connections.all,
      isOpen: (name) => connections.isOpen(name),
      over: (occasion, now) => buttonsOver(log, occasion, now, bot),
      onProblem,
    });
    cards = keepCards({
      log,
      clock,
      settingsOf: (name) => settings.projects.find((project) => project.name === name) ?? null,
      roomsOf: (name) => rooms.notified(name),
      timezone: settings.timezone,
      nameOf: bot.nameOf,
      onProblem,
    });
    digests = sendDigests({
      log,
      clock,
      rooms: () => digestRooms(settings),
      settingsOf: (name) => settings.projects.find((project) => project.name === name) ?? null,
      timezone: settings.timezone,
      nameOf: bot.nameOf,
      onProblem,
    });
    ladder = climb({
      log,
      clock,
      steps: settings.climb,
      projects: () => settings.projects,
      roomsOf: (name) => rooms.notified(name),
      roomNamed: (name, of) => rooms.named(name, of),
      openDirect: async (person, project) => {
        const opened = await connections.openDirect(idsForDirect(bot.rights, person, project));
        return opened === null ? null : rooms.direct(opened.transport, opened.room);
      },
      timezone: settings.timezone,
      onProblem,
    });
    absences = watchAbsences({
      log,
      clock,
      networks: networksNow,
      titleOf: titleOfNetwork,
      rooms: () => rooms.all(),
      timezone: settings.timezone,
      onProblem,
    });
    // A waiting command is notified at once, because its script could not finish otherwise.
    const onEnding = (): void => {
      delivery.giveUpReturns();
      void router.stop();
    };
    ending.signal.addEventListener('abort', onEnding, { once: true });
    if (options.batch) {
      exitCode = await runBatch(batchParts(options, bot, router, awaitedReplies, log, notify, ending.signal));
      ending.begin('stop');
    }
    await ending.begun;
  } finally {
    // Where a part broke down, agents are left to continue: the next start takes them up.
    ending.begin('release');
    const leave = await ending.begun;
    const runs = openRuns(log.reads, engineParts.projects.keys());
    await shutDown(
      [
        ['the timers', () => timers.stop()],
        ['the routines', () => routines.stop()],
        ['taking messages', () => router.stop()],
        ['what is measured', () => bot.measurements.stop()],
        ['the engine', () => engine.stop(leave)],
        ['what agents call', () => engineParts.access?.close()],
        ['the last notifications', () => waitUntilSent(log, notify, options.batch)],
        ['what agents ask', () => requests.stop()],
        ['following the log', () => notify.stop()],
        ['the cards', () => cards?.stop()],
        ['the digests', () => digests?.stop()],
        ['what nobody answers', () => ladder?.stop()],
        ['sending', () => delivery.stop(AbortSignal.timeout(LAST_MESSAGES_MS))],
        ['the networks', () => connections.stopNetworks(AbortSignal.timeout(LAST_MESSAGES_MS))],
        ['drawing pictures', () => pictures.stop()],
        ['the terminal', () => terminal.stop(AbortSignal.timeout(LAST_MESSAGES_MS))],
        [
          'the last entry',
          () => log.transaction((tx) => void tx.record({ ...who, kind: 'musher.stopped', payload: { pid: process.pid } })),
        ],
        ['taking buttons away', () => buttons?.stop()],
        ['looking at the networks', () => absences?.stop()],
        ['upkeep', () => kept.stop()],
      ],
      onProblem,
    );
    options.stderr.write(endOfRuns(runs, leave));
    unlistenSignals();
    clearInterval(alive);
  }
  return ending.restarts ? EXIT_RESTART : exitCode;
}
