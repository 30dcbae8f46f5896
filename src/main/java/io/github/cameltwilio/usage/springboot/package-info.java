/**
 * Binds {@code camel.component.twilio-usage.*} on Spring Boot, where Camel does not do so by itself. This is the only
 * package that depends on Spring, and without Spring it is never loaded.
 */
package io.github.cameltwilio.usage.springboot;
