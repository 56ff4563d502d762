import { type ComponentType, createElement, lazy, useState } from 'react';

type Page = {
  readonly path: string;
  readonly title: string;
  /** Where it stands in the rail; none: it is reached from another page. */
  readonly rail?: 'top' | 'servers' | 'people' | 'watch' | 'end' | 'portal';
  readonly page: ComponentType;
  readonly fetchPage: () => Promise<unknown>;
};

/** The file of a page did not come: there is no connection, or the gateway is of another version. */
export class NotFetched extends Error {}

/**
 * A page is fetched when it is opened for the first time, or before. One that is there is shown at once: what was
 * waited for, however short, React shows 300 ms after the place that was held for it.
 */
function later(fetchIt: () => Promise<ComponentType>): Pick<Page, 'page' | 'fetchPage'> {
  let known: ComponentType | undefined;
  const fetchPage = async () => {
    known ??= await fetchIt().catch((cause: unknown) => {
      throw new NotFetched('The page could not be fetched', { cause });
    });
    return known;
  };
  const waitedFor = lazy(async () => ({ default: await fetchPage() }));
  // Which of the two it was stays so: another component would begin anew.
  const page = () => createElement(useState(() => known ?? waitedFor)[0]);
  return { page, fetchPage };
}

/** Every page, in the order of the rail. */
export const pages: readonly Page[] = [
  {
    path: '/admin',
    title: 'Home',
    rail: 'top',
    ...later(async () => (await import('../pages/home/home.tsx')).Home),
  },
  {
    path: '/admin/activity',
    title: 'Activity',
    rail: 'top',
    ...later(async () => (await import('../pages/activity/activity.tsx')).Activity),
  },
  {
    path: '/admin/servers',
    title: 'Servers',
    rail: 'servers',
    ...later(async () => (await import('../pages/servers/servers.tsx')).Servers),
  },
  {
    path: '/admin/servers/:name',
    title: 'Server',
    ...later(async () => (await import('../pages/servers/server.tsx')).ServerPage),
  },
  {
    path: '/admin/playground',
    title: 'Playground',
    rail: 'servers',
    ...later(async () => (await import('../pages/playground/playground.tsx')).Playground),
  },
  {
    path: '/admin/people',
    title: 'People',
    rail: 'people',
    ...later(async () => (await import('../pages/people/people.tsx')).People),
  },
  {
    path: '/admin/people/:id',
    title: 'Person',
    ...later(async () => (await import('../pages/person/person.tsx')).PersonPage),
  },
  {
    path: '/admin/access',
    title: 'Access',
    rail: 'people',
    ...later(async () => (await import('../pages/access/access.tsx')).Access),
  },
  {
    path: '/admin/clients',
    title: 'Clients',
    rail: 'people',
    ...later(async () => (await import('../pages/clients/clients.tsx')).Clients),
  },
  {
    path: '/admin/security',
    title: 'Security',
    rail: 'watch',
    ...later(async () => (await import('../pages/security/security.tsx')).Security),
  },
  {
    path: '/admin/audit-log',
    title: 'Audit log',
    rail: 'watch',
    ...later(async () => (await import('../pages/audit/audit-log.tsx')).AuditLog),
  },
  {
    path: '/admin/settings',
    title: 'Settings',
    rail: 'end',
    ...later(async () => (await import('../pages/settings/settings.tsx')).Settings),
  },
  {
    path: '/admin/setup',
    title: 'First steps',
    ...later(async () => (await import('../pages/setup/setup.tsx')).Setup),
  },
  {
    path: '/account',
    title: 'Account',
    rail: 'portal',
    ...later(async () => (await import('../pages/portal/portal.tsx')).Portal),
  },
  {
    path: '/account/connect',
    title: 'Connect a client',
    rail: 'portal',
    ...later(async () => (await import('../pages/portal/connect.tsx')).Connect),
  },
  {
    path: '/account/playground',
    title: 'Playground',
    rail: 'portal',
    ...later(async () => (await import('../pages/playground/playground.tsx')).Playground),
  },
];

/** Fetches the page of an address; one that failed before is asked for again. */
export async function fetchPageAt(path: string): Promise<void> {
  const page = pages.find(({ path: of }) => of === path) ?? pages.find(({ path: of }) => isBelow(of, path));
  await page?.fetchPage();
}

function isBelow(pattern: string, path: string): boolean {
  const stem = pattern.replace(/:\w+$/, '');
  return stem !== pattern && path.startsWith(stem);
}
