// `deploy`, and requests for devices, which services may also make as `gpus`.
import type { Bytes, Duration, Opaque, Texts } from "./values.ts";

/** `deploy`. One machine uses replicas, resources and restart_policy; the rest is kept and not acted on. */
export interface Deploy {
  readonly mode?: string;
  readonly endpoint_mode?: string;
  readonly replicas?: number;
  readonly labels?: Texts;
  readonly update_config?: RolloutConfig;
  readonly rollback_config?: RolloutConfig;
  readonly resources?: {
    readonly limits?: { readonly cpus?: number; readonly memory?: Bytes; readonly pids?: number };
    readonly reservations?: {
      readonly cpus?: number;
      readonly memory?: Bytes;
      readonly devices?: readonly DeviceRequest[];
      readonly generic_resources?: readonly Opaque[];
    };
  };
  readonly restart_policy?: {
    readonly condition?: string;
    readonly delay?: Duration;
    readonly max_attempts?: number;
    readonly window?: Duration;
  };
  readonly placement?: {
    readonly constraints?: readonly string[];
    readonly preferences?: readonly { readonly spread?: string }[];
    readonly max_replicas_per_node?: number;
  };
}

export interface RolloutConfig {
  readonly parallelism?: number;
  readonly delay?: Duration;
  readonly failure_action?: string;
  readonly monitor?: Duration;
  readonly max_failure_ratio?: number;
  readonly order?: string;
}

/** A GPU or another device that the engine picks. */
export interface DeviceRequest {
  readonly capabilities?: readonly string[];
  /** -1: all. */
  readonly count?: number;
  readonly device_ids?: readonly string[];
  readonly driver?: string;
  readonly options?: Texts;
}
