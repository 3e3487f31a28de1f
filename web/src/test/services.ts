/**
 * The page's services for a test. When it is over their live connection rests: what it
 * fetches later would else start when the test's browser is gone.
 */
import { createServices, type Services } from '~/services';

const made: Services[] = [];

export function testServices(): Services {
  const services = createServices();
  made.push(services);
  return services;
}

export function restServices(): void {
  for (const { live } of made.splice(0)) live.pause();
}
