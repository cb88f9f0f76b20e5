// The simulated provider that answers in the end.
import {setInterval} from 'node:timers/promises';

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

// How many requests were cancelled, once there is one; 0 after 10 seconds. A
// provider tells nobody that it was left, so asking is all there is.
export async function cancelledRequests(upstream) {
  for await (const began of setInterval(20, Date.now())) {
    const answer = await fetch(`${upstream.url}/__stats`);
    const {cancelled} = (await answer.json()).requests;
    if (cancelled > 0 || Date.now() - began > 10_000) return cancelled;
  }
}
