/**
 * What makes {@code camel.component.twilio-usage.*} work on Spring Boot, which binds nothing by itself. Nothing else
 * here knows Spring, and without Spring nothing loads this.
 */
package io.github.cameltwilio.usage.springboot;
