// Sends payments as clients do, and fails where banking's objectives are missed. A payment is three requests: it is sent,
// sent again with the same key as after an answer that did not arrive, and asked for until it is booked.
//   k6 run --env BASE_URL=https://payments.staging.bank.example --env TOKEN=... observability/banking/k6/payments.js
// TOKEN is staging's own client's. RATE is payments a second, DURATION how long, BOOKED for how many seconds a payment's
// booking is awaited. A missed threshold ends k6 with status 99.
import http from 'k6/http';
import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';

const base = `${__ENV.BASE_URL || 'http://127.0.0.1:8080'}/v1/payments`;
const sender = { Authorization: `Bearer ${__ENV.TOKEN || 'none'}`, 'Content-Type': 'application/json' };
const unbooked = new Counter('payments_unbooked');

/** @type {import('k6/options').Options} */
export const options = {
  scenarios: {
    payments: {
      // Arrivals do not wait for answers: a slow service must not be spared the load that it cannot serve.
      executor: 'constant-arrival-rate',
      exec: 'pay',
      rate: Number(__ENV.RATE || 100),
      timeUnit: '1s',
      duration: __ENV.DURATION || '15m',
      preAllocatedVUs: 50,
      maxVUs: 1000,
    },
    // A few payments are followed to the ledger: its stand-in sets that pace, and it is not what is measured.
    bookings: {
      executor: 'constant-vus',
      exec: 'follow',
      vus: 1,
      duration: __ENV.DURATION || '15m',
      gracefulStop: '2m',
    },
  },
  thresholds: {
    'http_req_failed{name:send}': ['rate<0.001'],
    'http_req_duration{name:send}': ['p(99)<2000'],
    checks: ['rate>0.999'],
    payments_unbooked: ['count<1'],
    dropped_iterations: ['rate<1'], // a second: one that is late now and then is the machine's, not the service's
  },
};

/** @param {string} key the payment's own, by which it is taken once */
function send(key) {
  const body = JSON.stringify({ from: 'BR-LOAD-1', to: 'BR-LOAD-2', amount: '0.01', currency: 'BRL' });
  return http.post(base, body, { headers: { ...sender, 'Idempotency-Key': key }, tags: { name: 'send' } });
}

/** One that no other iteration, run or scenario has. */
function fresh() {
  return `load-${Date.now()}-${__VU}-${__ITER}`;
}

export function pay() {
  check(send(fresh()), { 'is confirmed': (one) => one.status === 201 && Boolean(one.json('id')) });
}

export function follow() {
  const key = fresh();
  const first = send(key);
  const again = send(key);
  check(again, { 'is taken once': (one) => one.status === 201 && one.json('id') === first.json('id') });
  for (let waited = 0; waited < Number(__ENV.BOOKED || 60); waited += 1) {
    const found = http.get(`${base}/${first.json('id')}`, { headers: sender, tags: { name: 'ask' } });
    if (found.status === 200 && found.json('state') === 'booked') return;
    sleep(1);
  }
  unbooked.add(1);
}
