package io.github.cameltwilio.usage.bench;

/**
 * How much is done for one figure.
 *
 * @param jvms          how many JVMs, one after the other
 * @param warmUpSeconds how long each reads everything again and again before it counts
 * @param readings      how often it reads everything then
 */
record Effort(int jvms, int warmUpSeconds, int readings) {
    /** Only to see whether it comes to an end. */
    static final Effort ONCE = new Effort(1, 0, 1);
}
