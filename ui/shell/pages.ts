import { type ComponentType, lazy } from 'react';

type Page = {
  readonly path: string;
  readonly title: string;
  /** Where it stands in the rail; none: it is reached from another page. */
  readonly rail?: 'top' | 'servers' | 'people' | 'watch' | 'end' | 'portal';
  readonly page: ComponentType;
};

/** A page is fetched when it is opened for the first time. */
const later = (fetchPage: () => Promise<ComponentType>) => lazy(async () => ({ default: await fetchPage() }));

/** Every page, in the order of the rail. */
export const pages: readonly Page[] = [
  {
    path: '/admin',
    title: 'Home',
    rail: 'top',
    page: later(async () => (await import('../pages/home/home.tsx')).Home),
  },
  {
    path: '/admin/activity',
    title: 'Activity',
    rail: 'top',
    page: later(async () => (await import('../pages/activity/activity.tsx')).Activity),
  },
  {
    path: '/admin/servers',
    title: 'Servers',
    rail: 'servers',
    page: later(async () => (await import('../pages/servers/servers.tsx')).Servers),
  },
  {
    path: '/admin/servers/:name',
    title: 'Server',
    page: later(async () => (await import('../pages/servers/server.tsx')).ServerPage),
  },
  {
    path: '/admin/playground',
    title: 'Playground',
    rail: 'servers',
    page: later(async () => (await import('../pages/playground/playground.tsx')).Playground),
  },
  {
    path: '/admin/people',
    title: 'People',
    rail: 'people',
    page: later(async () => (await import('../pages/people/people.tsx')).People),
  },
  {
    path: '/admin/people/:id',
    title: 'Person',
    page: later(async () => (await import('../pages/person/person.tsx')).PersonPage),
  },
  {
    path: '/admin/access',
    title: 'Access',
    rail: 'people',
    page: later(async () => (await import('../pages/access/access.tsx')).Access),
  },
  {
    path: '/admin/clients',
    title: 'Clients',
    rail: 'people',
    page: later(async () => (await import('../pages/clients/clients.tsx')).Clients),
  },
  {
    path: '/admin/security',
    title: 'Security',
    rail: 'watch',
    page: later(async () => (await import('../pages/security/security.tsx')).Security),
  },
  {
    path: '/admin/audit-log',
    title: 'Audit log',
    rail: 'watch',
    page: later(async () => (await import('../pages/audit/audit-log.tsx')).AuditLog),
  },
  {
    path: '/admin/settings',
    title: 'Settings',
    rail: 'end',
    page: later(async () => (await import('../pages/settings/settings.tsx')).Settings),
  },
  {
    path: '/admin/setup',
    title: 'First steps',
    page: later(async () => (await import('../pages/setup/setup.tsx')).Setup),
  },
  {
    path: '/account',
    title: 'Account',
    rail: 'portal',
    page: later(async () => (await import('../pages/portal/portal.tsx')).Portal),
  },
  {
    path: '/account/connect',
    title: 'Connect a client',
    rail: 'portal',
    page: later(async () => (await import('../pages/portal/connect.tsx')).Connect),
  },
  {
    path: '/account/playground',
    title: 'Playground',
    rail: 'portal',
    page: later(async () => (await import('../pages/playground/playground.tsx')).Playground),
  },
];
