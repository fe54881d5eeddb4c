// What runs in the container, and how: command, environment, user, terminal, health check.

import { parseDuration } from "../../spec/index.ts";
import type { Duration, Healthcheck, Hook, Service } from "../../spec/index.ts";
import type { ApiBody, HookCommand } from "../plan.ts";

const NANOSECONDS_PER_SECOND = 1e9;

/** The same object without the properties that are undefined: the API takes absent and null for different things. */
export function compact(body: { readonly [key: string]: unknown }): ApiBody {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

function nanoseconds(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}

/** Whole seconds, rounded up: the API knows no fractions, and nobody is to be killed early. */
function wholeSeconds(duration: Duration | undefined): number | undefined {
  const time = nanoseconds(duration);
  return time === undefined ? undefined : Math.ceil(time / NANOSECONDS_PER_SECOND);
}

/** `K=V`; `K` alone removes what the image sets. */
function environmentList(
  environment: Readonly<Record<string, string | null>> | undefined,
): readonly string[] | undefined {
  if (environment === undefined) return undefined;
  return Object.entries(environment).map(([name, value]) => (value === null ? name : `${name}=${value}`));
}

function healthcheck(check: Healthcheck | undefined): ApiBody | undefined {
  if (check === undefined) return undefined;
  if (check.disable === true) return { Test: ["NONE"] };
  return compact({
    Test: check.test,
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    StartPeriod: nanoseconds(check.start_period),
    StartInterval: nanoseconds(check.start_interval),
    Retries: check.retries,
  });
}

/** The part of the create body that is about the process. */
export function processBody(service: Service): ApiBody {
  return compact({
    Cmd: service.command,
    Entrypoint: service.entrypoint,
    Env: environmentList(service.environment),
    User: service.user,
    WorkingDir: service.working_dir,
    Tty: service.tty,
    OpenStdin: service.stdin_open,
    Hostname: service.hostname,
    Domainname: service.domainname,
    StopSignal: service.stop_signal,
    StopTimeout: wholeSeconds(service.stop_grace_period),
    Healthcheck: healthcheck(service.healthcheck),
  });
}

/** A hook's command as the exec call takes it. */
export function hookCommand(hook: Hook): HookCommand {
  const env = environmentList(hook.environment);
  return {
    command: hook.command ?? [],
    ...(hook.user === undefined ? {} : { user: hook.user }),
    ...(hook.privileged === undefined ? {} : { privileged: hook.privileged }),
    ...(hook.working_dir === undefined ? {} : { workingDir: hook.working_dir }),
    ...(env === undefined ? {} : { env }),
  };
}
