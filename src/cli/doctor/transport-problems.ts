import { mcp, type ProblemRow } from './problem-row.ts';

/** What can be wrong with any request. */
export const transportProblems = {
  unreachable: {
    mark: 'BROKEN',
    says: 'Nobody answers there.',
    rule: 'RFC 9110 section 3.3',
    todo: 'Look at host, port, TLS certificate and firewall, and whether the program runs.',
  },
  blocked_address: {
    mark: 'BROKEN',
    says: 'The address is link-local, a metadata service, multicast or reserved, or no http(s): it is never called.',
    rule: 'RFC 9728 section 7.7',
    todo: 'Give the server an address of its own, and name that one.',
  },
  too_slow: {
    mark: 'BROKEN',
    says: 'No whole answer came in time.',
    rule: 'RFC 9110 section 15.6.5 (a proxy would answer 504)',
    todo: 'Look at the load and the log of the other side; clients give up after a few seconds too.',
  },
  broken_off: {
    mark: 'BROKEN',
    says: 'The connection broke in the middle of the answer.',
    rule: 'RFC 9112 section 8',
    todo: 'Look at the log of the other side and at the timeouts of a proxy in between.',
  },
  not_http: {
    mark: 'BROKEN',
    says: 'What answers is no HTTP that a client takes.',
    rule: 'RFC 9112 section 2',
    todo: 'Look at the port, and at http and https.',
  },
  too_large: {
    mark: 'BROKEN',
    says: 'The answer is larger than 256 KB.',
    rule: 'RFC 9110 section 17.5',
    todo: 'Look whether the address is the one of the document; clients stop reading too.',
  },
  redirected: {
    mark: 'warn',
    says: 'It answers with a redirect; not every client follows one here.',
    rule: 'RFC 9728 section 3.1, RFC 8414 section 3.1',
    todo: 'Serve the document at the well-known address itself.',
  },
  too_many_redirects: {
    mark: 'BROKEN',
    says: 'One redirect leads to the next, and none to a document.',
    rule: 'RFC 9110 section 15.4',
    todo: 'Serve the document at the well-known address itself.',
  },
  http_public: {
    mark: 'BROKEN',
    says: 'It is http on a host that is not this machine: tokens would travel in the clear.',
    rule: mcp('Communication Security'),
    todo: 'Put it behind TLS and name it as https (this gateway: MCP_PUBLIC_URL=https://...).',
  },
  http_private: {
    mark: 'warn',
    says: 'It is http in a private network: whoever listens there reads the tokens, and many clients refuse it.',
    rule: mcp('Communication Security'),
    todo: 'Put it behind TLS and name it as https (this gateway: MCP_PUBLIC_URL=https://...).',
  },
  wrong_type: {
    mark: 'warn',
    says: 'The document is JSON but not served as application/json.',
    rule: 'RFC 9728 section 3.2, RFC 8414 section 3.2',
    todo: 'Serve it with Content-Type: application/json.',
  },
} as const satisfies Record<string, ProblemRow>;
