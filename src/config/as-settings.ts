import type * as z from 'zod';
import { DURATION } from './duration.ts';
import { unwrap } from './read/shape.ts';

/** `per_minute` -> `perMinute`. */
type Camel<Key> = Key extends `${infer First}_${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Key;
type Duration = z.core.$brand<typeof DURATION>;
/** A duration says its unit: `wall_clock` -> `wallClockMs`. */
type Name<Key extends string, Value> = Exclude<Value, undefined> extends Duration ? `${Camel<Key>}Ms` : Camel<Key>;
type Frozen<Value> = Value extends Duration
  ? number
  : Value extends readonly (infer Element)[]
    ? readonly Frozen<Element>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
      : Value;

/**
 * A section of a configuration file as settings: its keys in camel case, durations in milliseconds under a name that says so,
 * null for what may be left out. So a new key is a line of its section and nothing else.
 */
export type AsSettings<Section extends z.ZodObject> = {
  readonly [Key in keyof z.output<Section> & string as Name<Key, z.output<Section>[Key]>]-?: undefined extends z.output<Section>[Key]
    ? Frozen<Exclude<z.output<Section>[Key], undefined>> | null
    : Frozen<z.output<Section>[Key]>;
};

/** The values of a section as its settings; keys of `values` that are none of the section's are left out. */
export function asSettings<Section extends z.ZodObject>(section: Section, values: z.output<Section>): AsSettings<Section> {
  const fields = Object.entries(section.shape).map(([key, schema]) => {
    const isDuration = unwrap(schema as z.ZodType).meta()?.type === DURATION;
    const value: unknown = Reflect.get(values, key);
    return [`${camel(key)}${isDuration ? 'Ms' : ''}`, value ?? null];
  });
  // What the type says of each key was just done to it.
  return Object.fromEntries(fields) as AsSettings<Section>;
}

function camel(key: string): string {
  return key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
