package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;

import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

import com.fasterxml.jackson.databind.JsonNode;

/** Converts a JSON response to XML, the format of every path that does not end in .json. */
final class XmlFormat {

    private XmlFormat() {
    }

    static SimulatedResponse of(SimulatedResponse json) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            write(xml, "TwilioResponse", SimulatedResponse.JSON.readTree(json.body()));
            xml.writeEndDocument();
        } catch (IOException | XMLStreamException e) {
            throw new IllegalStateException("The simulator cannot write its response as XML", e);
        }
        return json.withBody("application/xml", text.toString());
    }

    private static void write(XMLStreamWriter xml, String element, JsonNode value) throws XMLStreamException {
        xml.writeStartElement(element);
        if (value.isArray()) {
            for (JsonNode item : value) {
                write(xml, element.replaceFirst("s$", ""), item);
            }
        } else if (value.isObject()) {
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                write(xml, pascalCase(field.getKey()), field.getValue());
            }
        } else if (!value.isNull()) {
            xml.writeCharacters(value.asText());
        }
        xml.writeEndElement();
    }

    private static String pascalCase(String field) {
        StringBuilder name = new StringBuilder();
        for (String word : field.split("_")) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
        }
        return name.toString();
    }
}
