package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/vmware/govmomi/vapi/library"
	"github.com/vmware/govmomi/vapi/vcenter"
)

// deployment is what a request to deploy an OVF template holds.
type deployment struct {
	ClientToken string `json:"client_token"`
	vcenter.Deploy
}

// rest lets in who knows the password, and judges what our requests hold by govmomi's types, which are strict here.
func (r *realistic) rest(w http.ResponseWriter, request *http.Request) {
	read, _ := io.ReadAll(request.Body)
	request.Body = io.NopCloser(bytes.NewReader(read))
	path, action := request.URL.Path, request.URL.Query().Get("~action")
	switch {
	case strings.HasSuffix(path, "/cis/session") && request.Method == http.MethodPost:
		user, password, _ := request.BasicAuth()
		if user != r.user || password != r.password {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"type":"com.vmware.vapi.std.errors.unauthenticated","value":{"messages":[]}}`))
			return
		}
	case strings.HasSuffix(path, "/library") && action == "find":
		judge(w, read, &struct{ Spec library.Find }{})
	case strings.HasSuffix(path, "/item") && action == "find":
		judge(w, read, &struct{ Spec library.FindItem }{})
	case action == "filter":
		judge(w, read, &struct{ Target vcenter.Target }{})
		_, _ = w.Write([]byte(`{"value":{"name":"item","networks":["VM Network"]}}`))
		return
	case action == "deploy":
		r.deploy(w, request, read)
		return
	}
	r.next.ServeHTTP(w, request)
}

func judge(w http.ResponseWriter, body []byte, known interface{}) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(known); err != nil {
		text, _ := json.Marshal([]string{err.Error()})
		w.Header().Set("Complaints", string(text))
	}
}

// deploy does once what it is asked for with the same token, refuses a name that is there, and gives the machine its notes.
func (r *realistic) deploy(w http.ResponseWriter, request *http.Request, body []byte) {
	asked := deployment{}
	judge(w, body, &asked)
	if before, isThere := r.deployments.Load(asked.ClientToken); isThere && asked.ClientToken != "" {
		_, _ = w.Write(before.([]byte))
		return
	}
	if named(asked.FolderID, asked.Name) != nil {
		_, _ = w.Write([]byte(`{"value":{"succeeded":false,"error":{"errors":[{"category":"SERVER","error":{"@class":"com.vmware.vapi.std.errors.error","messages":[{"default_message":"Der Name ist vergeben.","id":"x","args":[]}]}}]}}}`))
		return
	}
	recorder := httptest.NewRecorder()
	r.next.ServeHTTP(recorder, request)
	if made := named(asked.FolderID, asked.Name); made != nil {
		made.Config.Annotation = asked.Annotation
		r.deployments.Store(asked.ClientToken, recorder.Body.Bytes())
	}
	w.WriteHeader(recorder.Code)
	_, _ = w.Write(recorder.Body.Bytes())
}

