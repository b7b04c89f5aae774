/**
 * How a purge treats one text: `empty` leaves `''` or `[]`, `null` and `drop` take the field away where its type allows
 * it, and `keep` says that it outlives the purge, because it is no word of people, agents or gates.
 */
export type TextPlan = 'empty' | 'null' | 'drop' | 'keep';

/**
 * A treatment for each text in `T`, also in nested objects and lists. A field that can hold text has to be named: one
 * that is forgotten does not compile. Literals and branded values such as commits are not text and are not named.
 */
export type PurgePlan<T> = (null extends T ? 'null' : never) | (undefined extends T ? 'drop' : never) | PlanOf<NonNullable<T>>;

type PlanOf<N> = string extends N
  ? 'empty' | 'keep'
  : [N] extends [readonly (infer E)[]]
    ? 'empty' | (string extends E ? 'keep' : PlanOf<NonNullable<E>>)
    : ByField<N> | ByMember<N>;

type ByField<N> = { readonly [F in FieldsWithText<N>]: PurgePlan<At<N, F>> };

/** One plan for each member of a union, told apart by the field `on`. */
type ByMember<N> = {
  [D in Fields<N> & string]: At<N, D> extends string
    ? { readonly on: D; readonly of: { readonly [V in At<N, D> & string]: ByField<Member<N, D, V>> } }
    : never;
}[Fields<N> & string];

type Fields<N> = N extends unknown ? keyof N : never;
type At<N, F> = N extends unknown ? (F extends keyof N ? N[F] : never) : never;
type Member<N, D extends PropertyKey, V> = N extends { readonly [_ in D]: infer W } ? (V extends W ? N : never) : never;
type FieldsWithText<N> = { [F in Fields<N>]: true extends HasText<NonNullable<At<N, F>>> ? F : never }[Fields<N>];
type HasText<N> = N extends unknown
  ? string extends N
    ? true
    : N extends string | number | boolean
      ? false
      : N extends readonly (infer E)[]
        ? HasText<NonNullable<E>>
        : { [F in keyof N]: HasText<NonNullable<N[F]>> }[keyof N]
  : never;

type AnyPlan =
  | TextPlan
  | { readonly [field: string]: AnyPlan }
  | { readonly on: string; readonly of: { readonly [member: string]: AnyPlan } };

/** The value without the texts that its plan does not keep; all else stays, in the same order. */
export function withoutTexts<T>(plan: PurgePlan<T>, value: T): T {
  // A plan is made for its value by type; walking both at once is beyond what the compiler follows.
  return treated(plan, value) as T;
}

function treated(plan: AnyPlan, value: unknown): unknown {
  if (plan === 'keep' || value === null || value === undefined) return value;
  if (plan === 'null') return null;
  if (plan === 'empty') return Array.isArray(value) ? [] : '';
  if (plan === 'drop') return undefined;
  if (Array.isArray(value)) return value.map((one) => treated(plan, one));
  if (typeof value !== 'object') return value;
  const fields = Object.entries(value);
  if (isByMember(plan)) {
    const member = fields.find(([name]) => name === plan.on)?.[1] as unknown;
    return treated((typeof member === 'string' ? plan.of[member] : undefined) ?? {}, value);
  }
  return Object.fromEntries(
    fields.flatMap(([name, held]) => {
      const treatment = plan[name];
      if (treatment === 'drop') return [];
      return [[name, treatment === undefined ? held : treated(treatment, held)]];
    }),
  );
}

function isByMember(
  plan: Exclude<AnyPlan, TextPlan>,
): plan is { readonly on: string; readonly of: { readonly [member: string]: AnyPlan } } {
  return typeof plan['of'] === 'object' && typeof plan['on'] === 'string';
}
