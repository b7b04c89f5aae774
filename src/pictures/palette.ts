import type { Tone } from '../message/picture/picture.ts';

/**
 * Pictures bring their own background, because a room may be light or dark: a dark one hurts nobody at night and is calm on
 * white. Each text has at least 4.5:1 on it, and each colour that means something comes with a symbol and a word.
 */
export const PALETTE = {
  background: '#16191f',
  panel: '#20252e',
  line: '#3a4250',
  text: '#eef0f4',
  muted: '#aab3c2',
  added: '#132d20',
  removed: '#3a1a1c',
  light: '#ffffff',
  dark: '#000000',
} as const;

export const TONES: Readonly<Record<Tone, string>> = {
  needs: '#f5b84a',
  blocked: '#ff8a80',
  running: '#6cb6ff',
  waiting: '#aab3c2',
  merged: '#56d07c',
  idle: '#aab3c2',
};
