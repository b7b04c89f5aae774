import * as z from 'zod';

declare module 'zod' {
  interface GlobalMeta {
    /** The value in the generated example, if it is not the default. */
    example?: unknown;
    /** How the documentation names the type, where it is more than the schema's own. */
    type?: string;
  }
}

/** One key of a configuration file, read off its schema. */
export interface Field {
  readonly key: string;
  readonly description: string;
  /** As the documentation names it. */
  readonly type: string;
  readonly required: boolean;
  /** As it would be written; undefined: there is none. */
  readonly default: unknown;
  readonly example: unknown;
  /** `table`: `[key]`; `tables`: `[[key]]`; their own keys are in `fields`. */
  readonly kind: 'value' | 'table' | 'tables';
  readonly fields: readonly Field[];
}

/** The keys of a table's schema, in the order in which they are declared. */
export function fieldsOf(table: z.ZodObject): Field[] {
  return Object.entries(table.shape).map(([key, schema]) => field(key, schema as z.ZodType));
}

/** The tables directly inside a table (not lists of tables), each with its keys. */
export function sectionsOf(table: z.ZodType): (readonly [string, readonly string[]])[] {
  const plain = unwrap(table);
  if (!(plain instanceof z.ZodObject)) return [];
  return Object.entries(plain.shape).flatMap(([key, schema]) => {
    const inner = unwrap(schema as z.ZodType);
    return inner instanceof z.ZodObject ? [[key, Object.keys(inner.shape)] as const] : [];
  });
}

/** The schema without what makes it optional or gives it a default. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.in as z.ZodType) : schema;
}

function field(key: string, schema: z.ZodType): Field {
  const plain = unwrap(schema);
  const notes = schema.meta() ?? {};
  const isList = plain instanceof z.ZodArray;
  const inner = isList ? unwrap(plain.element as z.ZodType) : plain;
  const isTable = inner instanceof z.ZodObject;
  return {
    key,
    description: notes.description ?? '',
    type: notes.type ?? plain.meta()?.type ?? typeOf(plain),
    required: !schema.safeParse(undefined).success,
    default: schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined,
    example: notes.example,
    kind: isTable ? (isList ? 'tables' : 'table') : 'value',
    fields: isTable ? fieldsOf(inner) : [],
  };
}

function typeOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodArray) return `list of ${typeOf(unwrap(schema.element as z.ZodType))}`;
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => JSON.stringify(option)).join(' or ');
  if (schema instanceof z.ZodObject) return 'table';
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodNumber) return schema.format === 'safeint' ? 'whole number' : 'number';
  return 'text';
}
