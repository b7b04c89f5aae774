import * as z from 'zod';

/** A text that says something. */
export const text = () => z.string().min(1);

/** A network's secret. White space in it is a copying mistake, and an HTTP error would show all of it. */
export const token = () => z.string().regex(/^[\x21-\x7e]+$/, 'must be one word of plain characters, without white space');
