// The type of rules.js, which `npm run build` makes from the schema.

/** The rules for a value: the keywords of JSON Schema that the schema uses. */
export interface Rules {
  readonly $ref?: string;
  readonly allOf?: readonly Rules[];
  readonly type?: readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Rules;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Rules>>;
  readonly propertyNames?: { readonly pattern: string };
  /** False: no others. Left out: anything. */
  readonly additionalProperties?: Rules | false;
  /** Present where names that begin with `x-` are free. */
  readonly patternProperties?: object;
}

/** The rules for a document. */
export declare const root: Rules;

/** What `$ref` refers to. */
export declare const definitions: Readonly<Record<string, Rules>>;
