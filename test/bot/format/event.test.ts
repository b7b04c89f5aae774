import { actorName } from '../../../src/pipeline/actor.ts';
import { describe, expect, it } from 'vitest';
import { EVENTS, RECEIPT, sampleEvent } from '../../../scripts/corpus/events.ts';
import { eventWords, receiptWords } from '../../../src/words/item/event.ts';
import { KINDS } from '../../../src/pipeline/kinds.ts';

/** What a text must carry of an event's first sample: numbers, names and amounts, whatever words stand around them. */
const CARRIED: { readonly [kind: string]: readonly string[] } = {
  'item.created': ['bug'],
  'item.criterion_set': ['criterion 2'],
  'item.dependencies_set': ['#3', '#4'],
  'item.accepted': ['42db2c3a'],
  'item.attempt_failed': ['2', 'current', 'gate test'],
  'item.work_seen': ['2 commits', '42db2c3a'],
  'item.undone': ['edit'],
  'item.put_back': ['qa', 'stopped'],
  'item.restore_asked': ['snapshot 2'],
  'item.restored': ['snapshot 2', '42db2c3a'],
  'item.undo_asked': ['it broke'],
  'undo.attempted': ['42db2c3a', '7c1e90b3'],
  'item.errand_failed': ['2: Edits it', 'list.txt'],
  'item.budget_raised': ['$2.00', '50k tokens'],
  'item.found_merged': ['42db2c3a'],
  'item.found_undone': ['42db2c3a'],
  'run.pending': ['run 3', 'coder-1', 'current', '2'],
  'run.started': ['run 3', 'command'],
  'run.usage': ['run 3', '1.1k tokens', '$0.0114'],
  'run.budget_crossed': ['80', 'shop', '$4.10', '$5.00'],
  'run.extended': ['run 3', '60k tokens'],
  'run.price_unknown': ['m'],
  'run.ended': ['run 3', 'hollow'],
  'run.blocker': ['There is no test database.'],
  'timer.set': ['timer 3', 'start shop#1'],
  'timer.fired': ['timer 3'],
  'timer.missed': ['timer 3'],
  'timer.cancelled': ['timer 3'],
  'agent.called': ['git_commit', 'abc'],
  'request.opened': ['r7', 'rm -rf build'],
  'request.closed': ['r7'],
  'gate.ran': ['test', 'merged tree', '42db2c3a', 'exit 0', '3.1 s'],
  'merge.attempted': ['7c1e90b3', '42db2c3a'],
  'command.handled': ['status', 'ok'],
  'confirmation.answered': ['no', 'delete'],
  'budget.raised': ['$5.00', 'anna'],
  'room.bound': ['here', 'shop'],
  'room.subscribed': ['terminal', 'merges, failures', 'threads'],
  'base.seen': ['main', '42db2c3a'],
  'musher.started': ['1.2.3'],
  'account.limited': ['main'],
  'account.recovered': ['main'],
  'log.backed_up': ['one.sqlite'],
  'log.backup_failed': ['the disk is full'],
  'log.restored': ['one.sqlite'],
};

describe('an event in words', () => {
  it.each(Object.entries(CARRIED))('carries what %s tells', (kind, parts) => {
    const [payload] = EVENTS[kind as keyof typeof EVENTS];
    const text = eventWords(sampleEvent(kind, payload), actorName);
    for (const part of parts) expect(text).toContain(part);
  });

  it.each(Object.entries(EVENTS).filter(([, payloads]) => payloads.length > 1))('tells the samples of %s apart', (kind, payloads) => {
    const texts = payloads.map((payload: unknown) => eventWords(sampleEvent(kind, payload), actorName));
    expect(new Set(texts).size).toBe(payloads.length);
  });

  it('says no more of a start than that somebody started it: its stage follows from that', () => {
    expect(eventWords(sampleEvent('item.moved', EVENTS['item.moved'][0]), actorName)).not.toContain('current');
    expect(eventWords(sampleEvent('item.moved', EVENTS['item.moved'][1]), actorName)).toContain('current');
  });

  it('says how a gate ended that has no exit code', () => {
    expect(receiptWords({ ...RECEIPT, exitCode: null, where: 'branch' })).toMatch(/the branch at 42db2c3a: killed/);
    expect(receiptWords({ ...RECEIPT, exitCode: null, timedOut: true })).toContain('timed out in 3.1 s');
  });

  it('reads the sentences of an older log as they are, without paths of the server', () => {
    const removed = { done: ['removed its branch'], left: ["worktree: EACCES, rmdir '/srv/musher/worktrees/shop/2'"] };
    const text = eventWords(sampleEvent('item.removed', removed), actorName);
    expect(text).toContain('removed its branch');
    expect(text).toContain('EACCES');
    expect(text).not.toContain('/srv');
    expect(eventWords(sampleEvent('request.refused', { run: 3, brief: 'Write', why: 'it is too long' }), actorName)).toContain(
      'it is too long',
    );
  });

  it('has a sample of each kind', () => {
    expect(Object.keys(EVENTS).toSorted()).toEqual(Object.keys(KINDS).toSorted());
  });
});
