import { afterEach, expect, it } from 'vitest';
import { type GatewayHere, startGatewayHere } from '../support/gateway-here.ts';

let gateway: GatewayHere;
afterEach(() => gateway.close());

const read = async (url?: string) => {
  const settings = url === undefined ? {} : { upstream: { clientMetadataUrl: url } };
  gateway = await startGatewayHere({ servers: {}, settings });
  const response = await fetch(gateway.url('/connect/client-metadata.json'));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

it('says who the gateway is as a client, to the letter of its address', async () => {
  const url = 'https://gateway.example/connect/client-metadata.json';
  const { status, body } = await read(url);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    client_id: url,
    client_name: 'AuthMCP Gateway',
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  });
  expect(body.redirect_uris).toEqual([expect.stringMatching(/^http:\/\/localhost:\d+\/connect\/callback\?/)]);
});

it.for([undefined, 'off'])('is not there where no authorization server could use it (%s)', async url => {
  expect(await read(url)).toMatchObject({ status: 404 });
});

it('is at no address that authorization servers could not read: the start says so', async () => {
  await expect(read('http://gateway.example/c.json')).rejects.toThrow(
    /clientMetadataUrl must be an address that begins with https:\/\//,
  );
  await read('off');
});
