/** What a person sees of a message's content in Discord's client: marks are gone, escapes are plain, literal text stays. */
export function asRead(content: string, nameOf: (id: string) => string): string {
  let shown = '';
  let rest = content;
  const take = (pattern: RegExp, as: (...groups: string[]) => string): boolean => {
    const match = pattern.exec(rest);
    if (match === null) return false;
    shown += as(...match.slice(1).map((group) => group ?? ''));
    rest = rest.slice(match[0].length);
    return true;
  };
  for (let done = rest !== ''; done;) {
    const lineStart = shown === '' || shown.endsWith('\n');
    done =
      take(/^```(?:[a-z0-9+#-]+\n)?\n*([^]+?)\n*```/i, (code) => code) ||
      take(/^(`+)([^]*?[^`])\1(?!`)/, (_, code) => code) ||
      take(/^\\([^0-9A-Za-z\s])/, (character) => character) ||
      (lineStart && take(/^(?:#{1,3} |> |-# )/, () => '')) ||
      take(/^<(https?:\/\/[^\s>]+)>/, (url) => url) ||
      take(/^<t:(\d{1,13}):[tf]>/, (seconds) => new Date(Number(seconds) * 1000).toISOString().slice(11, 16)) ||
      take(/^<@!?(\d+)>/, (id) => `@${nameOf(id)}`) ||
      take(/^(?:\*\*|__|~~|\|\|)/, () => '') ||
      take(/^[*_]/, () => '') ||
      take(/^([^])/, (character) => character);
  }
  return shown;
}

interface AllowedMentions {
  readonly parse?: readonly string[];
  readonly users?: readonly string[];
}

/** Whom a content notifies: the server looks at the raw text, whatever markdown says, and holds it against `allowed_mentions`. */
export function notifiedBy(content: string, allowed: AllowedMentions | undefined): string[] {
  const may = (kind: string): boolean => (allowed?.parse === undefined ? allowed === undefined : allowed.parse.includes(kind));
  const everyone = /@(?:everyone|here)\b/.test(content) && may('everyone') ? ['everyone'] : [];
  const people = Array.from(content.matchAll(/<@!?(\d+)>/g), ([, id = '']) => id);
  return [...everyone, ...people.filter((id) => may('users') || allowed?.users?.includes(id) === true)];
}
