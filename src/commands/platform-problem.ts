/** Why Parley does not run on a system, and what to do; undefined where it does. Node's names of systems. */
export function platformProblem(platform: NodeJS.Platform): string | undefined {
  if (platform === 'linux' || platform === 'darwin') return undefined;
  return platform === 'win32'
    ? 'Parley runs on Linux and macOS. On Windows install WSL (`wsl --install` in PowerShell), open Ubuntu, and run it there.'
    : `Parley runs on Linux and macOS, and this is ${platform}.`;
}
