import { list, secret, type Setting, setting, text, url } from './setting.ts';

const keyBytes = 32;
const isKey = (key: string) => Buffer.from(key, 'base64').length === keyBytes;

/** Where recordings of calls are kept. */
export const recordingSettings = {
  PARLEY_RECORDINGS_DIR: setting(
    text.optional(),
    'Folder of the recordings, which workers and the API share; the default is `recordings` in the data folder. With a bucket: where they wait for it.',
    'Use a folder that can be written.',
  ),
  PARLEY_RECORDINGS_S3_URL: setting(
    url('http', 'https').optional(),
    'Bucket that recordings are kept in: the address of any S3 service, with the bucket and, where you want one, a folder in it.',
    'Use https://s3.example.com/bucket or https://s3.example.com/bucket/folder.',
  ),
  PARLEY_RECORDINGS_S3_REGION: setting(
    text.default('us-east-1'),
    'Region of that bucket.',
    'Use the name that your service gives, such as eu-central-1 or auto.',
  ),
  PARLEY_RECORDINGS_S3_KEY_ID: setting(text.optional(), 'Access key of that bucket.', 'Use an access key id.', {
    also: ['AWS_ACCESS_KEY_ID'],
  }),
  PARLEY_RECORDINGS_S3_SECRET: secret('Secret of that access key.', 'Use the secret access key.', [
    'AWS_SECRET_ACCESS_KEY',
  ]),
  PARLEY_RECORDINGS_KEYS: setting(
    list.refine((keys) => keys.every(isKey)).optional(),
    'Encrypts recordings at rest (AES-256): keys separated by commas; the first encrypts, all decrypt.',
    'Use the output of `openssl rand -base64 32`; put a new key before the old ones.',
    { secret: true },
  ),
} as const satisfies Record<string, Setting>;
