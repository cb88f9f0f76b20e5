// The simulated provider that answers in the end.
import {setTimeout as sleep} from 'node:timers/promises';

async function post(upstream, path, body) {
  const answer = await fetch(
      `${upstream.url}${path}`, {method: 'POST', body: JSON.stringify(body)});
  if (!answer.ok) throw new Error(await answer.text());
}

// As it was started, but for `settings`, and with nothing counted.
export async function prepare(upstream, settings) {
  await post(upstream, '/__control', {reset: true, ...settings});
  await post(upstream, '/__stats/reset', {});
}

// How many requests were cancelled, once there is one; 0 after 5 seconds.
export async function cancelledRequests(upstream) {
  for (const end = Date.now() + 5000; Date.now() < end; await sleep(20)) {
    const answer = await fetch(`${upstream.url}/__stats`);
    const {requests} = await answer.json();
    if (requests.cancelled > 0) return requests.cancelled;
  }
  return 0;
}
