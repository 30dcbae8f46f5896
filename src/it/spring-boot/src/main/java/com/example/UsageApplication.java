package com.example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class UsageApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(UsageApplication.class, arguments);
    }
}
