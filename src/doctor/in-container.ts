import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether this process runs in a container, by the marks that Docker, Podman and Kubernetes leave in the file system. */
export function inContainer(root = '/'): boolean {
  if (existsSync(join(root, '.dockerenv')) || existsSync(join(root, 'run/.containerenv'))) return true;
  if (existsSync(join(root, 'var/run/secrets/kubernetes.io'))) return true;
  try {
    return /docker|kubepods|containerd|libpod|lxc/.test(readFileSync(join(root, 'proc/1/cgroup'), 'utf8'));
  } catch {
    return false;
  }
}
