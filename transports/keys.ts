import * as z from 'zod';

/** A text that says something. */
export const text = () => z.string().min(1);

/** A secret of a network. White space in it is a slip of whoever copied it, and an error of HTTP would show all of it. */
export const token = () => z.string().regex(/^[\x21-\x7e]+$/, 'must be one word of plain characters, without white space');
