// What a container runs, as images and containers carry it in the Docker Engine API. Casing and units are the API's.

/** A command that says whether the container is well. */
export interface Healthcheck {
  Test?: string[];
  /** Nanoseconds, like the other durations here. */
  Interval?: number;
  Timeout?: number;
  StartPeriod?: number;
  StartInterval?: number;
  Retries?: number;
}

/** What runs in a container, whether an image or a request says so. */
export interface ContainerConfig {
  Hostname?: string;
  Domainname?: string;
  User?: string;
  AttachStdin?: boolean;
  AttachStdout?: boolean;
  AttachStderr?: boolean;
  ExposedPorts?: Record<string, object>;
  Tty?: boolean;
  OpenStdin?: boolean;
  StdinOnce?: boolean;
  Env?: string[];
  Cmd?: string[] | null;
  Entrypoint?: string[] | null;
  Healthcheck?: Healthcheck;
  Image?: string;
  Volumes?: Record<string, object> | null;
  WorkingDir?: string;
  Labels?: Record<string, string>;
  StopSignal?: string;
  StopTimeout?: number;
  /** Instructions for whoever builds on the image. */
  OnBuild?: string[];
  Shell?: string[];
  NetworkDisabled?: boolean;
  MacAddress?: string;
}
