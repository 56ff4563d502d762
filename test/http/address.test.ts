import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classOfAddress, createAddressReader, networkOf } from '../../src/http/index.ts';

describe('the class of an address', () => {
  it.each([
    ['8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['127.0.0.1', 'private'],
    ['127.8.8.8', 'private'],
    ['::1', 'private'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12:3456::1', 'private'],
    ['::ffff:127.0.0.1', 'private'],
    ['::ffff:7f00:1', 'private'],
    ['::ffff:192.168.1.1', 'private'],
    ['0x7f.1', 'private'],
    ['2130706433', 'private'],
    ['169.254.169.254', 'never'],
    ['::ffff:169.254.169.254', 'never'],
    ['::ffff:a9fe:a9fe', 'never'],
    ['fe80::1', 'never'],
    ['fd00:ec2::254', 'never'],
    ['100.100.100.200', 'never'],
    ['192.0.0.192', 'never'],
    ['0.0.0.0', 'never'],
    ['::', 'never'],
    ['255.255.255.255', 'never'],
    ['224.0.0.1', 'never'],
    ['ff02::1', 'never'],
    ['240.0.0.1', 'never'],
    ['::7f00:1', 'never'],
    ['::a9fe:a9fe', 'never'],
    ['fec0::1', 'never'],
    ['64:ff9b:1::7f00:1', 'never'],
    ['4000::1', 'never'],
    ['2400:cb00::1', 'public'],
    ['3f00::1', 'public'],
  ])('%s is %s', (address, expected) => {
    expect(classOfAddress(address)).toBe(expected);
  });

  it.each(['', 'localhost', 'example.com', '999.1.1.1', '[::1]', '127.0.0.1:80', '127.0.0.1 ', '::g'])(
    'what is no address is reached by nobody: %j',
    text => expect(classOfAddress(text)).toBe('never'),
  );

  it('of any IPv4 address is the same when IPv6 spells it', () => {
    fc.assert(
      fc.property(fc.ipV4(), address => {
        expect(classOfAddress(`::ffff:${address}`)).toBe(classOfAddress(address));
      }),
    );
  });
});

describe('the address of a client', () => {
  const direct = createAddressReader([]);
  const behind = createAddressReader(['10.0.0.1', '192.168.0.0/16', 'fd00::/8']);

  it('is that of its connection where no proxy is trusted, whatever a header says', () => {
    expect(direct('203.0.113.9', '1.2.3.4')).toBe('203.0.113.9');
    expect(direct('127.0.0.1', '1.2.3.4')).toBe('127.0.0.1');
    expect(direct('::ffff:203.0.113.9', undefined)).toBe('203.0.113.9');
  });

  it('is what a trusted proxy wrote last', () => {
    expect(behind('10.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
    expect(behind('::ffff:10.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
    expect(behind('fd00::7', '2001:db8::1')).toBe('2001:db8::1');
    expect(behind('10.0.0.1', '203.0.113.9, 192.168.7.7')).toBe('203.0.113.9');
  });

  it.each([
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:cb00:7109', '203.0.113.9'],
    ['203.0.113.9:1234', '203.0.113.9'],
    ['[2001:db8::1]:1234', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:DB8:5:0:0::1', '2001:db8:5::1'],
    ['203.0.113.9, ::ffff:192.168.7.7', '203.0.113.9'],
  ])('has one spelling: %s', (forwarded, address) => {
    expect(behind('10.0.0.1', forwarded)).toBe(address);
  });

  it('of IPv4 is its own network, whoever spells it', () => {
    expect(networkOf('::ffff:192.0.2.66')).toBe('192.0.2.66');
    expect(networkOf('::ffff:8.8.4.4')).not.toBe(networkOf('::ffff:192.0.2.66'));
    expect(networkOf('2001:db8::1')).toBe(networkOf('2001:db8::2'));
  });

  it('is never what the client itself put in front', () => {
    expect(behind('10.0.0.1', '127.0.0.1, 8.8.8.8, 203.0.113.9')).toBe('203.0.113.9');
    expect(behind('203.0.113.9', '127.0.0.1')).toBe('203.0.113.9');
    expect(behind('10.0.0.2', '127.0.0.1')).toBe('10.0.0.2');
  });

  it.each(['', ' ', ',', 'unknown', '_hidden', '203.0.113.9:x', '[203.0.113.9', '<script>', '1.2.3.4, evil'])(
    'is that of the proxy where the header holds no address: %j',
    forwarded => expect(behind('10.0.0.1', forwarded)).toBe('10.0.0.1'),
  );

  it('is that of the proxy where only proxies stand in the header', () => {
    expect(behind('10.0.0.1', '192.168.1.1, 10.0.0.1')).toBe('10.0.0.1');
  });
});
