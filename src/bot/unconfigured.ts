import { unconfiguredProjects } from '../decide/unconfigured.ts';
import { paragraph } from '../message/build.ts';
import type { Block } from '../message/document.ts';
import { unconfiguredWords, wayBack } from '../words/unconfigured.ts';
import type { CommandContext } from './command.ts';

/** A paragraph for each project of the log that the configuration lacks: else its items would seem to be gone. */
export function unconfiguredNotes({ reads, configured }: Pick<CommandContext, 'reads' | 'configured'>): Block[] {
  return unconfiguredProjects(reads, configured).map((one) => paragraph(`! ${capital(unconfiguredWords(one))}. ${wayBack(one)}`));
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
