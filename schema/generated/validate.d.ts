// The type of validate.js, which `npm run build` makes from the schema.

/** One way in which a document breaks the schema. */
export interface SchemaError {
  /** A JSON pointer to the value. */
  readonly instancePath: string;
  /** The rule that is broken. */
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** For rules about names: the name. */
  readonly propertyName?: string;
  /** The part of the schema that holds the rule. */
  readonly parentSchema: { readonly properties?: Readonly<Record<string, unknown>> };
  /** The value. */
  readonly data: unknown;
}

/** Checks a document; after a `false`, `errors` says why. */
export declare const validate: {
  (document: unknown): boolean;
  readonly errors: readonly SchemaError[] | null;
};
