// Asks both versions for free appointments at a steady pace, and fails where the objectives are missed:
//   k6 run --env RATE=200 --env DURATION=30s observability/schedules/k6/available_schedules.js
// BASE_URL is where both versions listen, or V1 and V2 where each does. RATE is requests a second to both together,
// DURATION how long. A missed threshold ends k6 with status 99.
import http from 'k6/http';
import { check } from 'k6';

const base = __ENV.BASE_URL || 'http://dev.local';
const versions = { v1: __ENV.V1 || base, v2: __ENV.V2 || base };

/** @param {string} version the version that a scenario asks */
function steady(version) {
  return {
    // Arrivals do not wait for answers: a slow service must not be spared the load that it cannot serve.
    executor: /** @type {const} */ ('constant-arrival-rate'),
    rate: Number(__ENV.RATE || 100) / 2,
    timeUnit: '1s',
    duration: __ENV.DURATION || '1m',
    preAllocatedVUs: 20,
    maxVUs: 200,
    env: { VERSION: version },
    tags: { version },
  };
}

/** @type {import('k6/options').Options} */
export const options = {
  scenarios: { v1: steady('v1'), v2: steady('v2') },
  thresholds: {
    'http_req_failed{version:v1}': ['rate<0.005'],
    'http_req_failed{version:v2}': ['rate<0.005'],
    'http_req_duration{version:v1}': ['p(99)<300'],
    'http_req_duration{version:v2}': ['p(99)<300'],
    checks: ['rate>0.995'],
    dropped_iterations: ['rate<1'], // a second: one that is late now and then is the machine's, not the service's
  },
};

export default function () {
  const version = /** @type {'v1' | 'v2'} */ (__ENV.VERSION);
  const answer = http.get(`${versions[version]}/${version}/appoints/available-schedule`);
  check(answer, {
    'is answered': (one) => one.status === 200,
    'is JSON': (one) => String(one.headers['Content-Type']).startsWith('application/json'),
  });
}
