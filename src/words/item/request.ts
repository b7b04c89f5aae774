import { action, actions, codeBlock, command, doc, list, paragraph, phrase, type Content } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import { revealed } from '../../message/reveal.ts';
import { requestName, type AgentRequest, type Unasked } from '../../pipeline/requests.ts';
import { MOST_SHOWN, shownInput } from '../../agents/shown-input.ts';

/** A request as people decide by it: all that the tool would get or all of the question, with nothing hidden, and how to answer. */
export function requestDocument(request: AgentRequest, about: readonly Content[], until: readonly Content[]): Document {
  const { ask, number, agent, role } = request;
  const name = requestName(number);
  const who = role === 'admin' ? 'An admin' : 'An operator';
  if (ask.kind === 'permission')
    return doc(
      paragraph(...about, `: ${agent} is waiting for permission to use ${revealed(ask.tool)} once (${name}):`),
      codeBlock(shownInput(ask.input)),
      paragraph(
        `${who} can `,
        command(`allow ${name}`),
        ', ',
        command(`allow ${name} for this run`),
        ' or ',
        command(`deny ${name} <reason>`),
        ...phrase` until ${until}, then it’s denied.`,
      ),
      actions(action('Allow once', `allow ${name}`, 'primary'), action('Deny', `deny ${name}`, 'danger')),
    );
  return doc(
    paragraph(...about, `: ${agent} asks (${name}):`),
    codeBlock(revealed(ask.text)),
    ask.choices.length > 0 && list(ask.choices.map((choice) => revealed(choice))),
    paragraph(`${who} can `, command(`answer ${name} <text>`), ...phrase` until ${until}, then “${revealed(ask.fallback)}” is used.`),
    ask.choices.length > 0 && actions(...ask.choices.map((choice) => action(choice, `answer ${name} ${choice}`))),
  );
}

/** How a request ended, after its name: `was allowed by anna`. `who` names the one who ended it. */
export function requestEnd({ ask, state, text, scope }: Pick<AgentRequest, 'ask' | 'state' | 'text' | 'scope'>, who: string): string {
  const reason = text === '' ? '' : `: ${revealed(text)}`;
  switch (state) {
    case 'open':
      return 'is open';
    case 'allowed':
      return scope === 'run' && ask.kind === 'permission'
        ? `was allowed by ${who}, with all further uses of ${revealed(ask.tool)} in this run${reason}`
        : `was allowed by ${who}${reason}`;
    case 'denied':
      return `was denied by ${who}${reason}`;
    case 'answered':
      return `was answered by ${who}${reason}`;
    case 'expired':
      return ask.kind === 'permission' ? 'got no answer in time and was denied' : `got no answer in time, so the default was used${reason}`;
    case 'cancelled':
      return 'was cancelled because its run ended';
  }
}

/** Why people were not asked, as a clause about the agent, without a full stop. */
export function unaskedWords(why: Unasked): string {
  if (typeof why === 'string') return why;
  switch (why.kind) {
    case 'too-many-open':
      return `it has ${why.open} open requests and must wait for answers`;
    case 'asked-too-often':
      return `it has asked ${why.times} times in this run; add the tools it needs to allowed_tools`;
    case 'nobody-answers':
      return `nobody answered its last ${why.requests} requests`;
    case 'too-long':
      return `its input has ${why.units} characters in ${why.lines} lines, too long to show in full (at most ${MOST_SHOWN.units} in ${MOST_SHOWN.lines} lines)`;
    case 'holds-secret':
      return 'its input may contain a secret, and secrets must not appear in a room';
  }
}
