import { expect, test } from 'vitest';
import { isPublicAddress } from '../../../src/calls/webhooks/public-address.ts';

test.each(['8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '2606:4700::1111'])(
  '%s is public',
  (address) => expect(isPublicAddress(address)).toBe(true),
);

test.each(['::ffff:8.8.8.8', '::ffff:808:808', '64:ff9b::8.8.8.8'])('%s is public: it wraps a public IPv4', (address) =>
  expect(isPublicAddress(address)).toBe(true),
);

test.each([
  ['this host', '0.0.0.0'],
  ['private', '10.0.0.1'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.255.254'],
  ['loopback', '::1'],
  ['unspecified', '::'],
  ['link-local', '169.254.1.1'],
  ['link-local', 'fe80::1'],
  ['link-local with its zone', 'fe80::1%eth0'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['carrier-grade NAT', '100.127.255.254'],
  ['multicast', '224.0.0.1'],
  ['multicast', 'ff02::1'],
  ['broadcast', '255.255.255.255'],
  ['reserved', '240.0.0.1'],
  ['benchmarking', '198.18.0.1'],
  ['documentation', '203.0.113.7'],
  ['documentation', '2001:db8::1'],
  ['unique local', 'fc00::1'],
  ['site-local', 'fec0::1'],
  ['metadata of AWS, Google and Azure', '169.254.169.254'],
  ['metadata of AWS', 'fd00:ec2::254'],
  ['metadata of Alibaba', '100.100.100.200'],
  ['metadata of Oracle', '192.0.0.192'],
  ['wire server of Azure', '168.63.129.16'],
  ['mapped loopback', '::ffff:127.0.0.1'],
  ['mapped loopback in hexadecimal', '::ffff:7f00:1'],
  ['mapped private, written out', '0:0:0:0:0:ffff:a00:1'],
  ['compatible loopback', '::127.0.0.1'],
  ['loopback through NAT64', '64:ff9b::7f00:1'],
  ['metadata through NAT64', '64:ff9b::169.254.169.254'],
  ['local NAT64', '64:ff9b:1::1'],
  ['6to4 of loopback', '2002:7f00:1::'],
  ['Teredo', '2001::1'],
  ['nothing at all', 'example.com'],
])('refuses %s: %s', (_what, address) => expect(isPublicAddress(address)).toBe(false));
