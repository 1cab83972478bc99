/** A model that could not be had. The message is one sentence or two, and says what to do. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** An error of the file system as a `ModelError` where the operator can fix it; any other error as it is. */
export function explainDiskError(error: unknown, folder: string, neededBytes: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const megabytes = Math.ceil(neededBytes / 1e6);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ModelError(
      `The disk of ${folder} is full: ${megabytes} MB are needed. Free some space, or point PARLEY_DATA_DIR to another disk.`,
      { cause: error },
    );
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST')
    return new ModelError(
      `${folder} cannot be written. Give this user the right to write there, or point PARLEY_DATA_DIR to another folder.`,
      { cause: error },
    );
  return error;
}
