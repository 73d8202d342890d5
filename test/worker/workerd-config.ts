// A wrangler config → workerd's own, for what of it workerd can do by itself: not KV, R2 and assets, which wrangler adds.

export interface WorkerSettings {
  main: string;
  compatibility_date: string;
  compatibility_flags: string[];
  vars?: Record<string, string>;
  worker_loaders?: { binding: string }[];
  durable_objects?: { bindings: { name: string; class_name: string }[] };
}

interface Places {
  /** Of the bundled Worker, and of artifact.js, both relative to the config. */
  bundle: string;
  artifact: string;
  /** Modules of the artifact beside artifact.js. */
  data: string[];
  /** Where Durable Objects are kept. */
  storage: string;
  address: string;
}

/** @param names of the variables and secrets, which workerd reads from its environment */
export function workerdConfig(settings: WorkerSettings, names: string[], places: Places): string {
  const { bundle, artifact, data, storage, address } = places;
  const objects = settings.durable_objects?.bindings ?? [];
  const loaders = settings.worker_loaders ?? [];
  const modules = [
    `(name = "worker.js", esModule = embed ${quoted(bundle)})`,
    `(name = "twofold-artifact", esModule = embed ${quoted(`${artifact}/artifact.js`)})`,
    ...data.map((name) => `(name = ${quoted(name)}, data = embed ${quoted(`${artifact}/${name}`)})`),
  ];
  const bindings = [
    ...loaders.map(({ binding }) => `(name = ${quoted(binding)}, workerLoader = (id = ${quoted(binding)}))`),
    ...objects.map(
      ({ name, class_name }) =>
        `(name = ${quoted(name)}, durableObjectNamespace = (className = ${quoted(class_name)}))`,
    ),
    ...names.map((name) => `(name = ${quoted(name)}, fromEnvironment = ${quoted(name)})`),
  ];
  const namespaces = objects.map(
    ({ class_name }) =>
      `(className = ${quoted(class_name)}, uniqueKey = ${quoted(class_name)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "twofold", worker = .twofold),
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "disk", disk = (path = ${quoted(storage)}, writable = true)),
  ],
  sockets = [(name = "http", address = ${quoted(address)}, http = (), service = "twofold")],
);
const twofold :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = ${quoted(settings.compatibility_date)},
  compatibilityFlags = [${settings.compatibility_flags.map(quoted).join(", ")}],
  durableObjectNamespaces = [${namespaces.join(", ")}],
  ${objects.length > 0 ? 'durableObjectStorage = (localDisk = "disk"),' : ""}
  bindings = [${bindings.join(", ")}],
);
`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}
