package main

import (
	"encoding/xml"
	"fmt"
	"reflect"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// complaints says what in a request is other than the schema has it: elements that it does not know, out of order, twice,
// or missing. A real server refuses such requests, the simulator takes them in any order. The fields of govmomi's types,
// which are generated from the schema, are in its order.
func complaints(body string) []string {
	decoder := xml.NewDecoder(strings.NewReader(body))
	for {
		token, err := decoder.Token()
		if err != nil {
			return []string{"not a request: " + err.Error()}
		}
		start, isStart := token.(xml.StartElement)
		if !isStart || start.Name.Local == "Envelope" || start.Name.Local == "Body" {
			continue
		}
		known, isKnown := types.TypeFunc()(start.Name.Local)
		if !isKnown {
			return []string{start.Name.Local + ": no such method"}
		}
		return inside(decoder, start.Name.Local, known)
	}
}

// inside judges the children of an element that has just begun, to its end.
func inside(decoder *xml.Decoder, path string, known reflect.Type) (wrong []string) {
	fields := elements(known)
	seen := map[int]bool{}
	last := -1
	for {
		token, err := decoder.Token()
		if err != nil {
			return append(wrong, path+": "+err.Error())
		}
		if _, isEnd := token.(xml.EndElement); isEnd {
			return append(wrong, missing(path, fields, seen)...)
		}
		start, isStart := token.(xml.StartElement)
		if !isStart {
			continue
		}
		name := path + "/" + start.Name.Local
		at := position(fields, start.Name.Local)
		if at < 0 {
			wrong = append(wrong, name+": the schema has no such element")
			_ = decoder.Skip()
			continue
		}
		if at < last {
			wrong = append(wrong, name+": it comes too late")
		}
		if seen[at] && fields[at].Type.Kind() != reflect.Slice {
			wrong = append(wrong, name+": it is there twice")
		}
		last, seen[at] = at, true
		child, err := typeOf(start, fields[at].Type)
		if err != nil {
			wrong = append(wrong, name+": "+err.Error())
		}
		if child == nil {
			_ = decoder.Skip()
			continue
		}
		wrong = append(wrong, inside(decoder, name, child)...)
	}
}

// elements are the fields of a type that stand for elements, those of the types that it extends first.
func elements(known reflect.Type) (fields []reflect.StructField) {
	for i := 0; i < known.NumField(); i++ {
		field := known.Field(i)
		tag := field.Tag.Get("xml")
		switch {
		case field.Anonymous && tag == "":
			fields = append(fields, elements(field.Type)...)
		case !strings.Contains(tag, ",attr") && !strings.Contains(tag, ",chardata"):
			fields = append(fields, field)
		}
	}
	return fields
}

func position(fields []reflect.StructField, name string) int {
	for i, field := range fields {
		if tagName(field) == name {
			return i
		}
	}
	return -1
}

func tagName(field reflect.StructField) string {
	return strings.Split(field.Tag.Get("xml"), ",")[0]
}

// missing are the elements that must be there: a pointer stands for one that need not.
func missing(path string, fields []reflect.StructField, seen map[int]bool) (wrong []string) {
	for i, field := range fields {
		if !seen[i] && field.Type.Kind() != reflect.Ptr && !strings.Contains(field.Tag.Get("xml"), "omitempty") {
			wrong = append(wrong, path+": it has no "+tagName(field))
		}
	}
	return wrong
}

// typeOf is the type of an element that has children, nil for others.
func typeOf(start xml.StartElement, known reflect.Type) (reflect.Type, error) {
	for known.Kind() == reflect.Ptr || (known.Kind() == reflect.Slice && known.Elem().Kind() != reflect.Uint8) {
		known = known.Elem()
	}
	for _, attribute := range start.Attr {
		if attribute.Name.Local != "type" || attribute.Name.Space == "" || strings.Contains(attribute.Value, ":") {
			continue
		}
		said, isKnown := types.TypeFunc()(attribute.Value)
		if !isKnown {
			return nil, fmt.Errorf("the schema has no type %q", attribute.Value)
		}
		known = said
	}
	if known.Kind() == reflect.Interface && len(start.Attr) == 0 {
		return nil, fmt.Errorf("it does not say its type")
	}
	if known.Kind() != reflect.Struct || len(elements(known)) == 0 || known.PkgPath() == "time" {
		return nil, nil
	}
	return known, nil
}
